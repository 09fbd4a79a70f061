"use strict";
/**
 * Where this code stands: in its repository, or in the node_modules of the project that has installed it. What it
 * keeps between runs lies in that project: a user who may change it may change the packages as well.
 */
const path = require("node:path");

/** The repository, or the folder of the installed package that holds what is the repository here. */
const above = path.join(__dirname, "..");
// The outermost one: package managers nest them.
const [project, ...installed] = above.split(`${path.sep}node_modules${path.sep}`);

/** Directory of the repository, or of the project that has installed the tool. */
const root = project;
const cacheDirectory = path.join(
  root,
  "node_modules",
  ".cache",
  installed.length ? "crm-preview" : "preview",
);

module.exports = { cacheDirectory, root };
