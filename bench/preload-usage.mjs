// Loaded into a server where the system has no /proc: answers the question how much CPU the process
// has used.
process.on('message', (question) => {
  if (question === 'usage') process.send(process.cpuUsage());
});
// The question alone keeps no server alive.
process.channel?.unref();
