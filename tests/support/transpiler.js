// What ts-node asks for JavaScript: esbuild's of the loader, which keeps it on disk from run to run.
const { transpile } = require("../../runtime/loader.js");

const MARK = "//# sourceMappingURL=data:application/json;base64,";

exports.create = () => ({
  transpile: (_, { fileName }) => {
    const code = transpile(fileName);
    const end = code.lastIndexOf(MARK);
    const map = Buffer.from(code.slice(end + MARK.length), "base64").toString("utf8");
    return { outputText: code.slice(0, end), sourceMapText: map };
  },
});
