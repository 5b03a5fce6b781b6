// What somebody asked for cannot be done as asked, in words for whoever asked; a command ends with exit code 2.

export class UsageError extends Error {}
