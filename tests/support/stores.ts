/** PostgreSQL and Redis as tasks see RDS and ElastiCache: TLS only, with a password, Redis in cluster mode. */
import { spawn, type ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";

import { certificateFor } from "./certificate";
import { spawnSync } from "./child";

const NOBODY = 65_534;

/** The programs that the stores are made of. */
export const STORE_PROGRAMS = ["postgres", "initdb", "pg_ctl", "psql", "redis-server", "redis-cli"];

export interface Stores {
  /** As crm/<service>/database-url has it. */
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** File with the authority of both certificates. */
  readonly authority: string;
  /** What a command of Redis prints. */
  readonly redis: (...words: string[]) => string;
  /** What a statement prints. */
  readonly sql: (statement: string) => string;
  readonly stopDatabase: () => void;
  readonly startDatabase: () => void;
  readonly remove: () => void;
}

const password = "a/b+c@d";

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts both, in a folder of their own. */
export async function startStores(): Promise<Stores> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "stores-"));
  const { cert, key } = certificateFor("localhost");
  const write = (name: string, text: string) => {
    fs.writeFileSync(path.join(folder, name), text, { mode: 0o600 });
    return path.join(folder, name);
  };
  const [certFile, keyFile] = [write("cert.pem", cert), write("key.pem", key)];
  if (process.getuid?.() === 0) {
    for (const file of [folder, certFile, keyFile]) fs.chownSync(file, NOBODY, NOBODY);
  }
  const ports = [await freePort(), await freePort()] as const;
  const database = postgres(folder, ports[0], certFile, keyFile);
  let cache: ReturnType<typeof redis>;
  try {
    cache = redis(folder, ports[1], certFile, keyFile);
  } catch (error) {
    database.stop();
    throw error;
  }
  const secret = encodeURIComponent(password);
  return {
    databaseUrl: `postgresql://crm_app:${secret}@localhost:${ports[0]}/crm_production?sslmode=verify-full`,
    redisUrl: `rediss://:${secret}@localhost:${ports[1]}`,
    authority: certFile,
    redis: cache.ask,
    sql: database.sql,
    stopDatabase: database.stop,
    startDatabase: database.start,
    remove() {
      cache.process.kill("SIGKILL");
      database.stop();
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL refuses to be run by root. */
const asNobody = () => (process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {});

function run(program: string, args: readonly string[], options: object): string {
  const { status, stdout, stderr } = spawnSync(program, args, { stdio: "pipe", ...options });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${stdout}${stderr}`);
  return (stdout ?? "").trim();
}

function postgres(folder: string, port: number, cert: string, key: string) {
  const data = path.join(folder, "data");
  const options = { ...asNobody(), cwd: folder };
  run("initdb", ["-D", data, "-U", "rdsadmin", "-A", "trust"], options);
  // As rds.force_ssl: a connection without TLS finds no line.
  const access = "local all rdsadmin trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n";
  fs.writeFileSync(path.join(data, "pg_hba.conf"), access);
  const settings = [`-k ${folder}`, `-p ${port}`, "-c listen_addresses=localhost", "-c ssl=on", `-c ssl_cert_file=${cert}`, `-c ssl_key_file=${key}`].join(" ");
  const start = () => {
    const log = path.join(folder, "postgres.log");
    run("pg_ctl", ["-D", data, "-o", settings, "-l", log, "-w", "start"], { ...options, stdio: "ignore" });
  };
  start();
  const sql = (statement: string, name = "crm_production") =>
    run("psql", ["--no-psqlrc", "-At", "-h", folder, "-p", `${port}`, "-U", "rdsadmin", "-c", statement, name], options);
  sql(`CREATE ROLE crm_app LOGIN PASSWORD '${password}'`, "postgres");
  sql("CREATE DATABASE crm_production OWNER crm_app", "postgres");
  return {
    sql,
    start,
    stop: () => void spawnSync("pg_ctl", ["-D", data, "-m", "immediate", "stop"], { ...options, stdio: "ignore" }),
  };
} // prettier-ignore

/** One node with all slots; as ElastiCache with TLS, it names itself by host name. */
function redis(folder: string, port: number, cert: string, key: string) {
  const tls = { "tls-port": port, "tls-cert-file": cert, "tls-key-file": key, "tls-ca-cert-file": cert };
  const settings = {
    ...{ port: 0, bind: "127.0.0.1", dir: folder, save: "", requirepass: password },
    ...{ ...tls, "tls-auth-clients": "no", "tls-cluster": "yes" },
    ...{ "cluster-enabled": "yes", "cluster-port": port + 1 > 65_535 ? port - 1 : port + 1 },
    ...{ "cluster-announce-hostname": "localhost", "cluster-preferred-endpoint-type": "hostname" },
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, `${value}`]);
  const server: ChildProcess = spawn("redis-server", args, { ...asNobody(), stdio: "ignore" });
  const ask = (...words: string[]) =>
    run("redis-cli", ["-h", "localhost", "-p", `${port}`, "--tls", "--cacert", cert, "--no-auth-warning", "-a", password, ...words], {});
  const tried = (...words: string[]) => {
    for (let left = 100; ; left--) {
      try {
        return ask(...words);
      } catch (error) {
        if (left === 0) throw error;
        spawnSync("sleep", ["0.1"]);
      }
    }
  };
  tried("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
  while (!ask("CLUSTER", "INFO").includes("cluster_state:ok")) spawnSync("sleep", ["0.1"]);
  return { process: server, ask };
} // prettier-ignore
