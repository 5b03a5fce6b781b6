// Loaded into a server: answers how much CPU the process has used, where the system has no /proc, and how
// much memory is in use once the garbage is gone.
process.on('message', (question) => {
  if (question === 'usage') process.send(process.cpuUsage());
  if (question !== 'memory') return;
  globalThis.gc?.();
  const { heapUsed: heap, rss } = process.memoryUsage();
  process.send({ heap, rss });
});
// The question alone keeps no server alive.
process.channel?.unref();
