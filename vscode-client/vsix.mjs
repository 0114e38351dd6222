// node vscode-client/vsix.mjs WHEEL OUT: packs the extension with the daemon's wheel and lock files.
// What goes in is staged by name, so nothing else can; `make vsix` checks the content afterwards.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const stage = path.join(root, "build", "vsix");
const bundle = path.join("vscode-client", "dist");
const whole = ["README.md", "LICENSE", "CHANGELOG.md", "l10n", bundle, path.join("vscode-client", "media")];
const locks = ["daemon.lock", "ml.lock"];

function run(program, ...args) {
  execFileSync(process.execPath, [path.join(root, "node_modules", ...program), ...args], { cwd: stage, stdio: "inherit" });
}

/** The manifest without what only a clone needs. */
function manifest() {
  const { scripts, dependencies, devDependencies, ...kept } = JSON.parse(
    fs.readFileSync(path.join(root, "package.json"), "utf8"),
  );
  return `${JSON.stringify(kept, null, 2)}\n`;
}

const [wheel, out] = process.argv.slice(2).map((name) => path.resolve(name));
fs.rmSync(stage, { recursive: true, force: true });
fs.rmSync(path.join(root, bundle), { recursive: true, force: true });
fs.mkdirSync(path.join(stage, "daemon"), { recursive: true });
execFileSync("npm", ["run", "--silent", "build", "--", "--minify", "--log-level=warning"], { cwd: root, stdio: "inherit" });
const translations = fs.readdirSync(root).filter((name) => /^package\.nls(\.[\w-]+)?\.json$/.test(name));
for (const name of [...whole, ...translations]) {
  const from = path.join(root, name);
  if (fs.existsSync(from)) fs.cpSync(from, path.join(stage, name), { recursive: true });
}
for (const name of locks) fs.copyFileSync(path.join(root, "requirements", name), path.join(stage, "daemon", name));
fs.copyFileSync(wheel, path.join(stage, "daemon", path.basename(wheel)));
fs.writeFileSync(path.join(stage, "package.json"), manifest());
fs.writeFileSync(path.join(stage, ".vscodeignore"), "");
fs.mkdirSync(path.dirname(out), { recursive: true });
run(["@vscode", "vsce", "vsce"], "package", "--no-dependencies", "--allow-missing-repository",
  "--no-rewrite-relative-links", "--out", out);
