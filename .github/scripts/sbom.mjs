/**
 * What a deployment runs, as a bill of materials (CycloneDX, JSON): node .github/scripts/sbom.mjs >sbom.cdx.json.
 *
 * npm writes it, of a copy of the lock without what is for development alone: `npm sbom --omit dev` would leave out
 * what a package for development needs as well, which is most of it. Pulumi's CLI and plugins are added.
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { recorded } from "./pulumi-releases.mjs";

const ROOT = join(import.meta.dirname, "..", "..");
const manifest = (/** @type {string} */ file) => JSON.parse(readFileSync(join(ROOT, file), "utf8"));

/** npm's document on the packages that a deployment installs. It asks no registry: all is in the lock. */
function ofPackages() {
  const { name, workspaces } = manifest("package.json");
  const above = mkdtempSync(join(tmpdir(), "sbom-"));
  // npm calls the project by its folder.
  const folder = join(above, name);
  try {
    for (const file of ["", ...workspaces].map((one) => join(one, "package.json"))) {
      const { devDependencies: _, ...deployed } = manifest(file);
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), JSON.stringify(deployed));
    }
    copyFileSync(join(ROOT, "package-lock.json"), join(folder, "package-lock.json"));
    const npm = (/** @type {string[]} */ ...args) =>
      execFileSync("npm", [...args, "--package-lock-only"], {
        cwd: folder,
        encoding: "utf8",
        maxBuffer: 2 ** 26,
        stdio: ["ignore", "pipe", "inherit"],
      });
    npm("install", "--offline", "--ignore-scripts", "--no-audit", "--loglevel=error");
    return JSON.parse(npm("sbom", "--sbom-format=cyclonedx", "--sbom-type=application"));
  } finally {
    rmSync(above, { recursive: true });
  }
}

/** Pulumi's CLI and plugins, with the hashes that they are checked against. */
function ofReleases() {
  return recorded(ROOT).map(({ name, version, file, sha256 }) => {
    const repository = name === "pulumi" ? "pulumi" : `pulumi-${name}`;
    const purl = `pkg:github/pulumi/${repository}@v${version}`;
    return {
      "bom-ref": `${purl}#${file}`,
      type: "application",
      name: repository,
      version,
      scope: "required",
      purl,
      ...(sha256 && { hashes: [{ alg: "SHA-256", content: sha256 }] }),
    };
  });
}

const document = ofPackages();
const releases = ofReleases();
const references = releases.map((release) => release["bom-ref"]);
const own = document.metadata.component["bom-ref"];
document.components.push(...releases);
document.dependencies.find(({ ref }) => ref === own).dependsOn.push(...references);
document.dependencies.push(...references.map((ref) => ({ ref, dependsOn: [] })));
console.log(JSON.stringify(document, null, 2));
