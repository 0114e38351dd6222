// One code-server with a fresh profile, on a free port of this machine, without a marketplace.
import { execFile, spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { MARK } from "./processes.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const START_SECONDS = 60;
/** So long the extensions of a window live on that was closed all of a sudden; by default three hours. */
const GRACE_SECONDS = "30";

async function freePort() {
  const server = net.createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A Python on PATH, which no login shell is asked for (VSCODE_CLI); and the mark by which we find what was started. */
function environmentFor({ mark, python }) {
  const { IIML_LAB, VIRTUAL_ENV, ...kept } = process.env;
  const PATH = process.env.NEWCOMER ? kept.PATH : `${path.dirname(python)}:${kept.PATH}`;
  return { ...kept, PATH, VSCODE_CLI: "1", [MARK]: mark, EXTENSIONS_GALLERY: '{"serviceUrl":""}' };
}

/** Starts it with the extension installed; `settings` writes those of the machine, at any time. */
export async function startCodeServer({ lab, state, vsix, mark, python }) {
  const data = path.join(state, "data");
  const user = path.join(data, "User", "settings.json");
  const machine = path.join(data, "Machine", "settings.json");
  const config = path.join(state, "config.yaml");
  const entry = path.join(lab, "cs", "node_modules", "code-server", "out", "node", "entry.js");
  const places = [entry, "--config", config, "--user-data-dir", data, "--extensions-dir", path.join(state, "extensions")];
  fs.mkdirSync(path.dirname(user), { recursive: true });
  fs.writeFileSync(config, "");
  fs.copyFileSync(path.join(here, "settings.json"), user);
  const asked = path.join(state, "asked.jsonl");
  const env = { ...environmentFor({ mark, python }), IIML_E2E_ASKED: asked };
  const install = (file) => promisify(execFile)(process.execPath, [...places, "--force", "--install-extension", file], { env });
  await install(vsix);
  const port = await freePort();
  const log = fs.openSync(path.join(state, "server.log"), "w");
  const flags = ["--bind-addr", `127.0.0.1:${port}`, "--auth", "none", "--disable-telemetry", "--disable-update-check",
    "--disable-getting-started-override", "--ignore-last-opened", "--reconnection-grace-time", GRACE_SECONDS];
  const server = spawn(process.execPath, [...places, ...flags], { env, detached: true, stdio: ["ignore", log, log] });
  const url = `http://127.0.0.1:${port}`;
  await answers(`${url}/healthz`, server, path.join(state, "server.log"));
  return {
    url,
    logs: path.join(data, "logs"),
    /** Where the test's language model writes down what it is asked. */
    asked,
    install,
    settings(values) {
      fs.mkdirSync(path.dirname(machine), { recursive: true });
      fs.writeFileSync(machine, JSON.stringify(values, null, 2));
    },
  };
}

async function answers(url, server, log) {
  const end = Date.now() + START_SECONDS * 1000;
  while (Date.now() < end && server.exitCode === null) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
    await sleep(200);
  }
  throw new Error(`code-server did not start:\n${fs.readFileSync(log, "utf8").slice(-2000)}`);
}
