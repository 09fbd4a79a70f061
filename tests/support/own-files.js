"use strict";
// Refuses to read what an owner of a deployment edits, and what is made of it: tests judge the code on stacks of their
// own, see tests/fixtures/README.md. Loaded by each process of a test run and by each Node.js that one starts.
const fs = require("node:fs");
const path = require("node:path");
const { fileURLToPath } = require("node:url");

const ROOT = path.join(__dirname, "..", "..");
const OWN = [
  /^(bootstrap\/)?Pulumi\.[\w-]+\.(yaml|measured\.json)$/,
  /^policy-pack\/config\.[\w-]+\.json$/,
  /^operations\/accepted\//,
  /^capacity\//,
  /^docs\/(architecture(-overview)?\.(md|svg)|request-ways\.md)$/,
];

/** Throws when a test asks for one of these files. */
function refuse(file) {
  if (typeof file === "number") return;
  const name = file instanceof URL ? fileURLToPath(file) : String(file);
  const relative = path.relative(ROOT, path.resolve(name)).split(path.sep).join("/");
  if (OWN.some((pattern) => pattern.test(relative))) {
    throw new Error(
      `a test reads ${relative}, which an owner edits; tests/fixtures has the tests' own`,
    );
  }
}

for (const holder of [fs, fs.promises]) {
  for (const name of ["readFileSync", "readFile", "openSync", "open", "createReadStream"]) {
    const original = holder[name];
    if (typeof original !== "function" || original.guarded) continue;
    holder[name] = function (file, ...rest) {
      refuse(file);
      return original.call(this, file, ...rest);
    };
    holder[name].guarded = true;
  }
}
