"use strict";
/**
 * Preloaded (`node -r`) into the processes that run the program and the policy packs: makes TypeScript
 * loadable, and ends the process when the preview that started it is gone, however that ended.
 */
const { cacheDirectory, install } = require("./loader");

require("./code-cache").install(cacheDirectory, process.env.PREVIEW_ROLE ?? "program");
require("./sdk").install();
install();

if (process.channel) {
  process.once("disconnect", () => process.exit(1));
  // Listening keeps a process alive; the program has to end when its own work is done.
  process.channel.unref();
}
