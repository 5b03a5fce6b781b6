// Under npm, a server ends with the program that started it. npm passes a signal on to the shell
// that runs the script. The shell ends, and the server that it started would be left running.

/** Short, because the port should be free soon after npm has ended. */
const POLL_MS = 20;

/**
 * Calls back when the parent is gone. Never without npm or in a process group of its own: such a
 * server is meant to stay.
 */
export function onParentGone(gone: () => void): void {
  const parent = process.ppid;
  const underNpm =
    process.env.npm_lifecycle_event !== undefined || process.env.npm_execpath !== undefined;
  if (!underNpm || parent === 1 || leadsGroup()) return;
  const timer = setInterval(() => {
    if (isThere(parent)) return;
    clearInterval(timer);
    gone();
  }, POLL_MS);
  timer.unref();
}

/** Windows keeps the number of a parent that is gone; elsewhere another process takes its place. */
function isThere(parent: number): boolean {
  return process.platform === 'win32' ? canSignal(parent) : process.ppid === parent;
}

/** Whoever starts a program detached, or with `setsid`, gives it a group of its own. */
function leadsGroup(): boolean {
  return process.platform !== 'win32' && canSignal(-process.pid);
}

/** Whether a process is there, or for a negative number a process group; signal 0 sends nothing. */
function canSignal(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
