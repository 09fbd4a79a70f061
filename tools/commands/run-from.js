"use strict";
// Runs `<directory>/<command>.ts` with the arguments of this process: what package.json's scripts start.
const path = require("node:path");

require("../../runtime/loader.js").install({ traces: true });

const { guardStream } = require("../visible.ts");

/** Commands that paint, and make what others wrote visible before they do. */
const PAINTING = new Set(["diff"]);

module.exports = (directory) => {
  const [name, ...args] = process.argv.slice(2);
  guardStream(process.stdout, { paints: PAINTING.has(name) });
  guardStream(process.stderr);
  // What is thrown at once is caught as well: Node.js would write it past the guard.
  Promise.resolve()
    .then(() => run(require(path.join(directory, `${name}.ts`)).main, name, args))
    .then(
      (code) => {
        process.exitCode = code;
      },
      (error) => {
        const missing = error.code === "ENOENT" && typeof error.path === "string";
        console.error(missing ? `${error.path}: there is no such file or folder` : error.message);
        process.exitCode = 1;
      },
    );
};

async function run(main, name, args) {
  const {
    didYouMean,
    hasNpmSettings,
    npmConsumed,
    optionsIn,
    swallowedByNpm,
  } = require("../command-hints.ts");
  const own = args.findIndex((one) => one.startsWith("-"));
  const first = (own < 0 ? args : args.slice(0, own)).slice(0, 1);
  const helpOf = () =>
    heard(() => main([...first, "--help"]), { silent: true }).then(
      ({ text }) => text,
      () => "",
    );
  if (hasNpmSettings(process.env)) {
    const taken = swallowedByNpm(optionsIn(await helpOf()), args, process.env);
    if (taken !== undefined) {
      const script = process.env.npm_lifecycle_event ?? name;
      console.error(npmConsumed(`npm run ${script} --`, taken));
      return 2;
    }
  }
  if (own < 0) return main(args);
  const { code, text } = await heard(() => main(args), { only: process.stderr });
  if (code !== 2) return code;
  const hint = didYouMean(text.includes("Usage") ? text : text + (await helpOf()), args);
  if (hint !== undefined) console.error(hint);
  return code;
}

/** Runs something and keeps what it writes; silent: nothing of it is shown. */
async function heard(work, { silent = false, only }) {
  const streams = only === undefined ? [process.stdout, process.stderr] : [only];
  const written = [];
  const writes = streams.map((stream) => stream.write);
  streams.forEach((stream, index) => {
    stream.write = (chunk, ...rest) => {
      written.push(String(chunk));
      return silent || writes[index].call(stream, chunk, ...rest);
    };
  });
  try {
    return { code: await work(), text: written.join("") };
  } finally {
    streams.forEach((stream, index) => {
      stream.write = writes[index];
    });
  }
}
