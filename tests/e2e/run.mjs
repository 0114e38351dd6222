// run.mjs VSIX PYTHON [COMPETITION]: prints a line per check. A scenario that failed is played once more,
// from nothing; exit code 1 if it fails again. Started by run.sh.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Checks } from "./checks.mjs";
import { startCodeServer } from "./codeServer.mjs";
import { launchBrowser } from "./driver.mjs";
import { endAll, processes } from "./processes.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.resolve(here, "..", "..", "build", "e2e");
/** Time enough on a slow machine; the scenarios stop a solve when they have seen what they look for. */
const BUDGET = "5m";
/** In the order in which a person meets things; later ones use what `solving` left. */
const ALL = ["newcomer", "trust", "solving", "editing", "views", "handmade", "daemon", "interrupted", "folders", "keys", "models"];

async function main([vsix, python, competition]) {
  const wanted = { vsix, python: path.resolve(python), competition };
  fs.rmSync(out, { recursive: true, force: true });
  const first = await round(wanted, process.env.SCENARIOS?.split(/[\s,]+/) ?? ALL, "first");
  if (first.length === 0) return 0;
  console.log(`Once more from nothing: ${first.join(", ")}`);
  return (await round(wanted, first, "again")).length === 0 ? 0 : 1;
}

/** Plays scenarios in a VS Code of its own, with nothing left from before; returns those that failed. */
async function round({ vsix, python, competition }, names, title) {
  const work = path.join(out, title);
  const run = { mark: `${process.pid}-${Date.now()}`, work };
  await endAll({ mark: "none", work: out }); // what a run that was killed left
  fs.mkdirSync(work, { recursive: true });
  const checks = new Checks(path.join(out, "screenshots", title));
  const stopped = (signal) => void endAll(run).then(() => process.exit(signal === "SIGINT" ? 130 : 143));
  process.once("SIGINT", stopped);
  process.once("SIGTERM", stopped);
  let browser;
  try {
    const e2e = { work, python, checks, processes: processes(run) };
    const original = prepare(e2e, competition);
    let solvedFolder;
    e2e.copy = (name) => copyTo(path.join(work, name), original);
    e2e.solved = (name) => copyTo(path.join(work, name), (solvedFolder ??= solveHere(e2e)));
    e2e.keepSolved = (folder) => (solvedFolder = folder);
    const server = startCodeServer({ lab: process.env.IIML_LAB, state: path.join(work, "state"), vsix, mark: run.mark, python });
    [e2e.server, browser] = await Promise.all([server, launchBrowser()]);
    e2e.browser = browser;
    for (const name of names) await scenario(name, e2e);
  } finally {
    await browser?.close();
    await endAll(run);
    keepLogs(work, path.join(out, "logs", title));
    process.removeListener("SIGINT", stopped);
    process.removeListener("SIGTERM", stopped);
  }
  return checks.report();
}

/** A copy of the named competition, without what a solve left there; else the sample. */
function prepare({ work, python }, competition) {
  const original = path.join(work, "original");
  if (!competition) {
    execFileSync(python, ["-I", "-m", "iiml_codegen.cli", "sample", original]);
    return original;
  }
  const left = new Set(["iiml", "submission.csv"].map((name) => path.join(competition, name)));
  fs.cpSync(competition, original, { recursive: true, filter: (file) => !left.has(file) });
  for (const name of ["", ...fs.readdirSync(original, { recursive: true })]) makeWritable(path.join(original, name));
  return original;
}

/** A competition may be kept where nothing can be written; its copy is worked on. */
function makeWritable(file) {
  const { mode } = fs.statSync(file);
  fs.chmodSync(file, mode | 0o200);
}

/** Where no scenario has solved anything: by the command line. */
function solveHere({ copy, python }) {
  const folder = copy("solved");
  execFileSync(python, ["-I", "-m", "iiml_codegen.cli", "solve", folder, "--budget", "60s"], { stdio: "pipe" });
  return folder;
}

function copyTo(folder, original) {
  fs.cpSync(original, folder, { recursive: true });
  return folder;
}

async function scenario(name, e2e) {
  const { default: play } = await import(`./scenarios/${name}.mjs`);
  const chosen = { "iiml.interpreter": e2e.python, "iiml.solve.budget": BUDGET };
  e2e.chosen = chosen;
  e2e.server.settings(name === "newcomer" ? {} : chosen); // a newcomer has chosen nothing, whoever came before
  e2e.checks.begin(name);
  try {
    await play(e2e);
  } catch (error) {
    e2e.checks.broke(error);
  }
  e2e.checks.end();
}

/** The logs of the extension and of code-server stay beside the screenshots; the rest is large. */
function keepLogs(work, place) {
  const state = path.join(work, "state");
  const logs = path.join(state, "data", "logs");
  if (fs.existsSync(logs)) fs.cpSync(logs, place, { recursive: true });
  fs.rmSync(state, { recursive: true, force: true });
}

process.exitCode = await main(process.argv.slice(2));
