// The processes that a run of the scenarios started: they carry its mark, or name its folder.
import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export const MARK = "IIML_E2E_RUN";

function read(pid, name) {
  try {
    return fs.readFileSync(`/proc/${pid}/${name}`, "utf8").split("\0").filter(Boolean);
  } catch {
    return []; // it ended meanwhile
  }
}

/** [{pid, args}] of all that run; zombies have no arguments and do not count. */
function started({ mark, work }) {
  return fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((name) => ({ pid: Number(name), args: read(name, "cmdline"), environment: read(name, "environ") }))
    .filter(({ args, environment }) => args.length > 0
      && (environment.includes(`${MARK}=${mark}`) || args.some((arg) => arg.includes(work))));
}

const isDaemon = ({ args }) => args.includes("iiml_server");
const isSolver = ({ args }) => args.some((arg) => arg.includes("iiml_codegen.execution.solver"));
const isOurs = ({ args }) => /python/.test(args[0]) && /iiml/.test(args.slice(1).join(" "));

/** The process ids of daemons, of solvers (of one folder), or of all Python that is about iiML. */
export function processes(run) {
  const ids = (wanted) => started(run).filter(wanted).map(({ pid }) => pid);
  return {
    daemons: () => ids(isDaemon),
    solvers: (folder) => ids((process) => isSolver(process) && process.args.includes(folder)),
    /** The scripts that run for a folder, with what watches over them. */
    runsOf: (folder) => ids(({ args }) => args.some((arg) => arg.startsWith(path.join(folder, "iiml") + path.sep))),
    /** Those that have a text among their arguments or in their environment. */
    knowing: (text) => ids(({ args, environment }) => [...args, ...environment].some((one) => one.includes(text))),
    ours: () => started(run).filter(isOurs).map(({ pid, args }) => `${pid} ${args.join(" ").slice(0, 120)}`),
  };
}

/** Ends what is left, the gentle way first. */
export async function endAll(run) {
  for (const signal of ["SIGTERM", "SIGKILL"]) {
    for (const { pid } of started(run)) {
      try {
        process.kill(pid, signal);
      } catch {
        continue; // it ended meanwhile
      }
    }
    for (let i = 0; i < 30 && started(run).length > 0; i++) await sleep(100);
  }
}
