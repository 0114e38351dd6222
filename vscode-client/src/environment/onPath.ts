import { existsSync } from "node:fs";
import * as path from "node:path";

const NAMES =
  process.platform === "win32"
    ? ["python.exe", "python3.exe"]
    : ["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python"];

/** Absolute paths of a program on PATH. Entries that are relative are left out: they depend on a folder. */
function found(name: string): string[] {
  const folders = (process.env["PATH"] ?? "").split(path.delimiter).filter((entry) => path.isAbsolute(entry));
  return folders.map((folder) => path.join(folder, name)).filter((file) => existsSync(file));
}

/** The Pythons on PATH, in the order in which they are tried; without Windows' shop window for Python. */
export function pythonsOnPath(): string[] {
  const all = NAMES.flatMap((name) => found(name));
  return [...new Set(all)].filter((file) => !file.includes(`${path.sep}WindowsApps${path.sep}`));
}

export function uvOnPath(): string | undefined {
  return found(process.platform === "win32" ? "uv.exe" : "uv")[0];
}
