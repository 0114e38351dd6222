import * as fs from "node:fs/promises";
import * as os from "node:os";
import { pause } from "../deadline";

const BEAT_SECONDS = 5;
/** A builder that has not shown itself for so long is gone, whatever its pid says. */
const STALE_SECONDS = 60;

interface Owner {
  pid: number;
  host: string;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // another user's process
  }
}

async function isStale(file: string): Promise<boolean> {
  try {
    const [text, { mtimeMs }] = await Promise.all([fs.readFile(file, "utf8"), fs.stat(file)]);
    if (Date.now() - mtimeMs > STALE_SECONDS * 1000) return true;
    const owner = JSON.parse(text) as Partial<Owner>; // written below; checked field by field
    return owner.host === os.hostname() && typeof owner.pid === "number" && !isAlive(owner.pid);
  } catch {
    return false; // released, or just being written: the next look decides
  }
}

async function take(file: string): Promise<boolean> {
  try {
    const owner: Owner = { pid: process.pid, host: os.hostname() };
    await fs.writeFile(file, JSON.stringify(owner), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  }
}

/** One at a time across windows: does the work while it holds the file, after waiting for its turn. */
export async function alone<T>(file: string, wait: { cancelled(): boolean }, work: () => Promise<T>): Promise<T> {
  while (!(await take(file))) {
    if (wait.cancelled()) throw new Error("cancelled");
    if (await isStale(file)) await fs.rm(file, { force: true });
    else await pause(0.5);
  }
  const beat = setInterval(() => void fs.utimes(file, new Date(), new Date()).catch(() => undefined), BEAT_SECONDS * 1000);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    await fs.rm(file, { force: true });
  }
}
