// User and system CPU of a server, in microseconds.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * From outside where the system allows it: no code of ours runs inside what is measured, and child
 * processes count.
 */
export const defaultSource = existsSync('/proc/self/stat') ? 'proc' : 'process';

/** What Node must load in a server so that `process` can be asked; nothing for `proc`. */
export const preloadOf = (source) =>
  source === 'proc'
    ? []
    : ['--import', fileURLToPath(new URL('./preload-usage.mjs', import.meta.url))];

/**
 * Reads the CPU that a started server has used so far. Where its threads come and go, as those of
 * Java, it is read in ticks: what is counted finer is gone with a thread.
 */
export function cpuOf(child, source, { threadsEnd = false } = {}) {
  if (source !== 'proc') return askProcess(child);
  return threadsEnd ? treeTicks(child.pid) * microsecondsPerTick() : treeMicroseconds(child.pid);
}

/** Microseconds of the thread that answers requests, in this process; of all its threads elsewhere. */
export function ownMicroseconds() {
  const file = `/proc/self/task/${process.pid}/schedstat`;
  if (existsSync(file)) return Number(readFileSync(file, 'utf8').split(' ', 1)[0]) / 1000;
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** The MiB that a server has in memory, without its child processes; NaN where nobody says. */
export function memoryOf({ pid }) {
  const file = `/proc/${pid}/status`;
  const status = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1]) / 1024;
}

/** The scheduler counts nanoseconds where it is asked to; otherwise there are ticks of mostly 10 ms. */
function treeMicroseconds(pid) {
  return existsSync(`/proc/${pid}/schedstat`)
    ? treeNanoseconds(pid) / 1000
    : treeTicks(pid) * microsecondsPerTick();
}

/** Of all threads; those of a server stay as long as it runs. */
function treeNanoseconds(pid) {
  const own = readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => {
    try {
      const [onCpu] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ');
      return sum + Number(onCpu);
    } catch {
      return sum; // the thread has ended since it was listed
    }
  }, 0);
  return childrenOf(pid).reduce((sum, child) => sum + treeNanoseconds(child), own);
}

/**
 * Live children have their own entry; the two `c` fields hold those that ended and were waited for.
 */
function treeTicks(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses may hold blanks; what follows it is `state ppid … utime stime cutime
  // cstime`, from field 3 on.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const own = fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0);
  return childrenOf(pid).reduce((sum, child) => sum + treeTicks(child), own);
}

function childrenOf(pid) {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) => {
    try {
      return readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8')
        .split(' ')
        .filter(Boolean);
    } catch {
      return []; // the thread has ended since it was listed
    }
  });
}

let tickLength;
function microsecondsPerTick() {
  tickLength ??= 1e6 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  return tickLength;
}

async function askProcess(child) {
  child.send('usage');
  const [{ user, system }] = await once(child, 'message');
  return user + system;
}
