"use strict";
// What the code under test prints is shown with a test that fails, and not among the dots of those that pass.
const METHODS = ["log", "info", "warn", "error", "debug"];

let kept = [];
let printed = [];

exports.mochaHooks = {
  beforeEach() {
    printed = [];
    kept = METHODS.map((method) => [method, console[method]]);
    for (const [method, own] of kept) {
      console[method] = (...args) => void printed.push([own, args]);
    }
  },
  afterEach() {
    for (const [method, own] of kept) console[method] = own;
    if (this.currentTest?.state === "failed") {
      for (const [own, args] of printed) own.apply(console, args);
    }
  },
};
