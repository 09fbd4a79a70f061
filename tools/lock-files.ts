/** Package managers, by the lock files that they write. */
import * as fs from "node:fs";
import * as path from "node:path";

interface Installer {
  /** What a person runs. */
  readonly install: string;
  /** What installs what the lock file says, and nothing else. */
  readonly exactly: readonly string[];
}

const frozen = (program: string): Installer => ({
  install: `${program} install`,
  exactly: [program, "install", "--frozen-lockfile"],
});

const INSTALLERS: Readonly<Record<string, Installer>> = {
  "package-lock.json": {
    install: "npm install",
    exactly: ["npm", "ci", "--omit=dev", "--no-audit", "--no-fund"],
  },
  "yarn.lock": frozen("yarn"),
  "pnpm-lock.yaml": frozen("pnpm"),
  "bun.lock": frozen("bun"),
};

/** Names of lock files. */
export const LOCK_FILES: readonly string[] = Object.keys(INSTALLERS);

/** What installs the packages of a folder, by its lock file; undefined without one. */
export function installerOf(folder: string): Installer | undefined {
  const lock = LOCK_FILES.find((name) => fs.existsSync(path.join(folder, name)));
  return lock === undefined ? undefined : INSTALLERS[lock];
}
