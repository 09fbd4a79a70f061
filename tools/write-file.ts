/** Writes files at paths that a user gives: follows a link, and never replaces anything but a regular file. */
import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

/** The reason why a file is not written, for the user. */
export class NotWritten extends Error {
  /** Names the file, with the reason. */
  public constructor(
    public readonly file: string,
    public readonly reason: string,
  ) {
    super(`${file}: ${reason}`);
  }
}

/** Writes a file whole or not at all. @throws NotWritten */
export function writeWhole(file: string, text: string): void {
  const asked = path.resolve(file);
  let temporary: string | undefined;
  try {
    const target = fs.existsSync(asked) ? fs.realpathSync(asked) : linkedTo(asked);
    const stats = fs.statSync(target, { throwIfNoEntry: false });
    if (stats !== undefined && !stats.isFile()) {
      throw new NotWritten(
        file,
        stats.isDirectory() ? "is a directory, not a file" : "is not a regular file",
      );
    }
    temporary = `${target}.${randomUUID()}.tmp`;
    fs.writeFileSync(temporary, text, stats && { mode: stats.mode });
    fs.renameSync(temporary, target);
  } catch (error) {
    if (temporary !== undefined) fs.rmSync(temporary, { force: true });
    if (error instanceof NotWritten) throw error;
    throw new NotWritten(file, reasonOf(error as NodeJS.ErrnoException, asked));
  }
}

/** Where a link leads to whose file is not there yet. */
function linkedTo(file: string): string {
  const link = fs.lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  return link ? path.resolve(path.dirname(file), fs.readlinkSync(file)) : file;
}

function reasonOf({ code, message }: NodeJS.ErrnoException, target: string): string {
  if (code === "ENOENT") return `there is no directory ${path.dirname(target)}`;
  if (code === "ENOTDIR") return `${path.dirname(target)} is not a directory`;
  if (code === "EISDIR") return "is a directory, not a file";
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") return "is not writable";
  if (code === "ENOSPC" || code === "EDQUOT") return "there is no space left on the device";
  if (code === "ELOOP") return "is a link to itself";
  return message;
}
