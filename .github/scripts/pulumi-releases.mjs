/**
 * The Pulumi CLI and its plugins, each by the SHA-256 that stands in `.github/pulumi-releases.json`; one without a SHA-256
 * by two public records that agree.
 *
 *   node .github/scripts/pulumi-releases.mjs install [<folder>]   fetches and checks all of them, then unpacks them
 *   node .github/scripts/pulumi-releases.mjs update               rewrites the file for the versions of package.json
 *
 * It needs Node.js alone, so that a workflow runs it before anything else, and before it has credentials.
 */
import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const ROOT = join(import.meta.dirname, "..", "..");
const FILE = join(".github", "pulumi-releases.json");

/** Days for which a release has to have been public: most that are malicious are found by then. */
const COOL_DOWN_DAYS = 7;
const DAY = 24 * 3600 * 1000;

/**
 * Where releases are. GitHub states the digest of each file of a release (REST API, "Get a release by tag name",
 * `assets[].digest`); Pulumi's own host serves the same files, and its CLI falls back to it (pulumi/pulumi,
 * sdk/go/common/workspace/plugins.go).
 */
export const HOSTS = {
  api: "https://api.github.com",
  download: "https://github.com",
  mirror: "https://get.pulumi.com/releases",
};

/**
 * @typedef {object} Release
 * @property {string} name `pulumi`, or a plugin's name
 * @property {string} version
 * @property {string} file name of the file in the release
 * @property {string | null} sha256 null until `update` has recorded it
 * @property {string} [because] why this version, where package.json does not name it
 */

/** @param {string} name @param {string} version @param {string} [because] @returns {Release} */
function release(name, version, because) {
  const file =
    name === "pulumi"
      ? `pulumi-v${version}-linux-x64.tar.gz`
      : `pulumi-resource-${name}-v${version}-linux-amd64.tar.gz`;
  return { name, version, file, sha256: null, ...(because && { because }) };
}

const repositoryOf = (/** @type {string} */ name) =>
  name === "pulumi" ? "pulumi/pulumi" : `pulumi/pulumi-${name}`;

/**
 * The releases that the program needs: the CLI of the SDK's version, the plugin of each provider's package, and what
 * awsx asks for by itself: the provider's component registers resources with the version that its package begins at.
 *
 * @param {string} root folder with package.json and package-lock.json
 * @returns {Release[]}
 */
export function needed(root = ROOT) {
  const json = (/** @type {string} */ file) => JSON.parse(readFileSync(join(root, file), "utf8"));
  const { dependencies } = json("package.json");
  const { packages } = json("package-lock.json");
  const aws = dependencies["@pulumi/aws"];
  const asked = packages["node_modules/@pulumi/awsx"].dependencies["@pulumi/aws"].replace("^", "");
  return [
    release("pulumi", dependencies["@pulumi/pulumi"]),
    release("aws", aws),
    ...(asked === aws ? [] : [release("aws", asked, "what awsx makes its resources with")]),
    release("awsx", dependencies["@pulumi/awsx"]),
    release("random", dependencies["@pulumi/random"]),
  ];
}

/** @param {string} root @returns {Release[]} */
export function recorded(root = ROOT) {
  return JSON.parse(readFileSync(join(root, FILE), "utf8")).releases;
}

/** @param {string} url @returns {Promise<Buffer>} */
async function fetched(url) {
  const headers =
    url.startsWith(HOSTS.api) && process.env.GITHUB_TOKEN
      ? { authorization: `Bearer ${process.env.GITHUB_TOKEN}` }
      : {};
  const answer = await fetch(url, { headers }).catch((/** @type {Error} */ error) => {
    // With several addresses the cause's message is empty.
    const cause = /** @type {NodeJS.ErrnoException | undefined} */ (error.cause);
    const reason = cause?.message || cause?.code || error.message;
    throw new Error(
      `${url}: expected an answer, got ${reason}. Run it again with access to the internet.`,
    );
  });
  if (!answer.ok) {
    throw new Error(`${url}: status ${answer.status}`);
  }
  return Buffer.from(await answer.arrayBuffer());
}

const sha256 = (/** @type {Buffer} */ bytes) => createHash("sha256").update(bytes).digest("hex");

/**
 * A release's file, if two records agree: what GitHub states, and what Pulumi's own host serves.
 *
 * @param {Release} one @param {typeof HOSTS} hosts @param {number} now milliseconds since 1970
 */
async function twiceRecorded({ name, version, file }, hosts, now) {
  const stated = JSON.parse(
    (
      await fetched(`${hosts.api}/repos/${repositoryOf(name)}/releases/tags/v${version}`)
    ).toString(),
  );
  const age = (now - Date.parse(stated.published_at)) / DAY;
  if (!(age >= COOL_DOWN_DAYS)) {
    throw new Error(
      `${file} was published at ${stated.published_at}: expected ${COOL_DOWN_DAYS} days ago or more. Wait, or pin an older version.`,
    );
  }
  const digest = stated.assets.find(
    (/** @type {{name: string}} */ asset) => asset.name === file,
  )?.digest;
  const bytes = await fetched(`${hosts.mirror}/${name === "pulumi" ? "sdk" : "plugins"}/${file}`);
  const served = sha256(bytes);
  if (digest !== `sha256:${served}`) {
    throw new Error(
      `${file}: GitHub states ${digest ?? "no digest"}, get.pulumi.com serves sha256:${served}. Expected the same.`,
    );
  }
  return bytes;
}

/**
 * A release's file, if it is what `.github/pulumi-releases.json` says.
 *
 * @param {Release} one @param {typeof HOSTS} hosts
 */
async function asRecorded({ name, version, file, sha256: expected }, hosts) {
  const bytes = await fetched(
    `${hosts.download}/${repositoryOf(name)}/releases/download/v${version}/${file}`,
  );
  const got = sha256(bytes);
  if (got !== expected) {
    throw new Error(`${file}: expected SHA-256 ${expected}, got ${got}. Nothing was unpacked.`);
  }
  return bytes;
}

/**
 * Fetches all releases and compares them; nothing is unpacked unless all of them are what the file says. Where it says
 * nothing, two public records have to agree.
 *
 * @param {{ root?: string, folder: string, hosts?: typeof HOSTS, now?: number }} options
 * @returns {Promise<{ bin: string, home: string, compared: string[] }>} folder of the CLI, `PULUMI_HOME`, and the files
 *   without a recorded SHA-256
 */
export async function install({ root = ROOT, folder, hosts = HOSTS, now = Date.now() }) {
  const releases = recorded(root);
  const wanted = needed(root).map(({ file }) => file);
  const known = releases.map(({ file }) => file);
  if (wanted.join() !== known.join()) {
    throw new Error(
      `${FILE} is not about the versions of package.json: expected ${wanted.join(", ")}, got ${known.join(", ")}. Run \`npm run pulumi:update\`.`,
    );
  }
  const archives = mkdtempSync(join(tmpdir(), "pulumi-releases-"));
  try {
    for (const one of releases) {
      const bytes =
        one.sha256 === null ? await twiceRecorded(one, hosts, now) : await asRecorded(one, hosts);
      writeFileSync(join(archives, one.file), bytes);
    }
    const home = join(folder, "home");
    for (const { name, version, file } of releases) {
      // The CLI looks for plugins in this folder: `pulumi plugin install` unpacks them so.
      const target =
        name === "pulumi" ? folder : join(home, "plugins", `resource-${name}-v${version}`);
      mkdirSync(target, { recursive: true });
      execFileSync("tar", ["-xzf", join(archives, file), "-C", target, "--no-same-owner"]);
    }
    const compared = releases.flatMap(({ file, sha256: digest }) => (digest === null ? file : []));
    // The CLI's archive holds a folder of its name.
    return { bin: join(folder, "pulumi"), home, compared };
  } finally {
    rmSync(archives, { recursive: true });
  }
}

/**
 * Writes the file; what it has for a version already stays, and has to be confirmed by both records.
 *
 * @param {{ root?: string, hosts?: typeof HOSTS, now?: number }} [options]
 */
export async function update({ root = ROOT, hosts = HOSTS, now = Date.now() } = {}) {
  const before = new Map(recorded(root).map((one) => [one.file, one.sha256]));
  const releases = [];
  for (const one of needed(root)) {
    const digest = sha256(await twiceRecorded(one, hosts, now));
    const old = before.get(one.file);
    if (old && old !== digest) {
      throw new Error(
        `${one.file} has changed since it was recorded: expected ${old}, got ${digest}.`,
      );
    }
    releases.push({ ...one, sha256: digest });
  }
  const { about } = JSON.parse(readFileSync(join(root, FILE), "utf8"));
  writeFileSync(join(root, FILE), `${JSON.stringify({ about, releases }, null, 2)}\n`);
  return releases;
}

const USAGE = {
  install: `Usage: npm run pulumi:install [-- <folder>]

Downloads the Pulumi CLI and its plugins, compares each with its SHA-256 in .github/pulumi-releases.json, and unpacks
them into <folder> (default: ~/.pulumi-releases). If the file has no SHA-256, GitHub and get.pulumi.com must agree on
it. Prints the variables to export.`,
  update: `Usage: npm run pulumi:update

Writes .github/pulumi-releases.json for the versions of package.json. Downloads each release, and records its SHA-256 if
GitHub and get.pulumi.com agree on it.`,
};

/** @param {string[]} args */
async function main([command, ...rest]) {
  if (command !== "install" && command !== "update") {
    throw new Error("expected `install [<folder>]` or `update`");
  }
  if (rest.includes("--help") || rest.includes("-h")) {
    console.log(USAGE[command]);
    return;
  }
  const wrong = rest.find((one) => one.startsWith("-")) ?? rest[command === "install" ? 1 : 0];
  if (wrong !== undefined) {
    console.error(`Unknown argument ${wrong}\n\n${USAGE[command]}`);
    process.exitCode = 2;
    return;
  }
  const [folder = join(homedir(), ".pulumi-releases")] = rest;
  if (command === "update") {
    for (const { file, sha256: digest } of await update()) {
      console.log(`${digest}  ${file}`);
    }
    return;
  }
  if (process.env.GITHUB_ACTIONS && process.env.AWS_ACCESS_KEY_ID) {
    throw new Error("the job has credentials already: fetch what it runs before it takes them");
  }
  const { bin, home, compared } = await install({ folder });
  if (compared.length > 0) {
    const message = `${FILE} has no SHA-256 for ${compared.join(", ")}: GitHub's digest and the file on get.pulumi.com agree. \`npm run pulumi:update\` pins them; commit the difference.`;
    console.error(process.env.GITHUB_ACTIONS ? `::warning::${message}` : message);
  }
  if (process.env.GITHUB_PATH) {
    appendFileSync(process.env.GITHUB_PATH, `${bin}\n`);
    appendFileSync(process.env.GITHUB_ENV, `PULUMI_HOME=${home}\n`);
  } else {
    console.log(`export PATH="${bin}:$PATH" PULUMI_HOME="${home}"`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  main(process.argv.slice(2)).catch((error) => {
    console.error(`pulumi-releases: ${error.message}`);
    process.exitCode = 1;
  });
}
