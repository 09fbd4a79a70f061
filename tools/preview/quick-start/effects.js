"use strict";
/**
 * Guards a second evaluation, in which callbacks (`apply`) run that a first preview of Pulumi does not run: they may compute,
 * but start no process, open no connection and change no file. A program may rely on not being run so, as in
 * `bucket.id.apply((id) => execSync("aws s3 sync ..."))`. What the program does outside of callbacks it did in the first
 * evaluation as well.
 */
const { AsyncLocalStorage } = require("node:async_hooks");
const fs = require("node:fs");
const net = require("node:net");

const inCallback = new AsyncLocalStorage();

/** Functions of `fs`, and of its promises, that change something; `open` does where its flags say so. */
const CHANGES =
  /^(append|copy|cp$|cpSync|l?ch(mod|own)|f(chmod|chown|truncate|utimes)|l?utimes|link|mkd|rename|rm|symlink|truncate|unlink|write(File|$|v|Sync))/;

const refuse = (what) => {
  throw new Error(`a callback ${what} while the preview only judges what it computes`);
};

function guard(holder, name, what, isHarmless = () => false) {
  const original = holder[name];
  if (typeof original !== "function") return;
  holder[name] = Object.assign(function (...args) {
    if (inCallback.getStore() && !isHarmless(args)) refuse(what);
    return new.target ? new original(...args) : Reflect.apply(original, this, args);
  }, original);
}

const readsOnly = ([, flags]) =>
  typeof flags !== "string" || ["r", "rs", "sr"].includes(flags) || flags === undefined;

/** Standard output and the preview's own pipe. */
const isPipe = ([descriptor]) => typeof descriptor === "number" && descriptor <= 4;

/** Installs the guard for all that the program loads from now on. */
function install() {
  for (const holder of [fs, fs.promises]) {
    for (const name of Object.keys(holder)) {
      if (CHANGES.test(name)) guard(holder, name, "changes a file", isPipe);
    }
    guard(holder, "open", "changes a file", readsOnly);
  }
  guard(fs, "openSync", "changes a file", readsOnly);
  guard(fs, "createWriteStream", "changes a file");
  const children = require("node:child_process");
  const starts = ["exec", "execFile", "execFileSync", "execSync", "fork", "spawn", "spawnSync"];
  for (const name of starts) guard(children, name, "starts a process");
  guard(net.Socket.prototype, "connect", "opens a connection");
  guard(require("node:dgram"), "createSocket", "opens a connection");
}

/** Notes which code runs in callbacks of outputs. */
function watchCallbacks({ Output }) {
  const { apply } = Output.prototype;
  Output.prototype.apply = function (func, ...rest) {
    const guarded =
      typeof func === "function" ? (value) => inCallback.run(true, () => func(value)) : func;
    return apply.call(this, guarded, ...rest);
  };
}

module.exports = { install, watchCallbacks };
