import * as path from "node:path";
import { runProgram } from "./processes";

/** What a Python says of itself. */
export interface PythonFacts {
  executable: string;
  version: [number, number, number];
  /** It can serve the editor as it is. */
  hasServer: boolean;
  hasPip: boolean;
  /** Its distributor keeps packages out of it (PEP 668). */
  managed: boolean;
}

const PROGRAM = `
import importlib.util, json, os, sys, sysconfig
managed = os.path.join(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED")
print(json.dumps({
    "executable": sys.executable,
    "version": list(sys.version_info[:3]),
    "hasServer": importlib.util.find_spec("iiml_server") is not None,
    "hasPip": importlib.util.find_spec("pip") is not None,
    "managed": sys.prefix == sys.base_prefix and os.path.exists(managed),
}))
`;

/** Asks a Python in a child with `-I`; undefined if it is none, or does not answer in time. */
export async function probe(python: string, seconds = 10): Promise<PythonFacts | undefined> {
  try {
    const { code, output } = await runProgram(python, ["-I", "-c", PROGRAM], path.parse(process.cwd()).root, { seconds });
    return code === 0 ? (JSON.parse(output) as PythonFacts) : undefined; // our own program's answer
  } catch {
    return undefined;
  }
}

export function isNewEnough({ version: [major, minor] }: PythonFacts): boolean {
  return major > 3 || (major === 3 && minor >= 11);
}

/** Where the Python of a virtual environment lies. */
export function pythonIn(environment: string): string {
  const inside = process.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"];
  return path.join(environment, ...inside);
}
