// Why a file cannot be read or written, in words. The code of the system stands behind them, for
// whoever searches for it.

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EISDIR: 'it is a folder',
  EEXIST: 'a file of that name is in the way',
  ENOTDIR: 'a part of its path is no folder',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EMFILE: 'too many files are open',
  ELOOP: 'its links lead back to themselves',
  ENAMETOOLONG: 'its name is too long',
};

/** Such as `permission is denied (EACCES)`; the error's own message where the code is not known. */
export function fileReason(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const reason = reasons[code];
  return reason === undefined ? message : `${reason} (${code})`;
}
