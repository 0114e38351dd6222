// What the scenarios look for in the Python that iiML wrote, whatever the competition.
import fs from "node:fs";
import path from "node:path";

export const prepOf = (folder) => path.join(folder, "iiml", "prep.py");

export function modelOf(folder) {
  const iiml = path.join(folder, "iiml");
  const [name] = fs.readdirSync(iiml).filter((file) => /^model_\w+\.py$/.test(file)).sort();
  return path.join(iiml, name);
}

/** A parameter of a model, with the 1-based place behind its last digit, and how its line looks with a 5 there. */
export function numberToChange(folder) {
  const lines = fs.readFileSync(modelOf(folder), "utf8").split("\n");
  const parameters = [/^\s+"\w+": \d*\.\d+(?=,$)/, /^[A-Z_]+ = \d*\.\d+$/, /^(?!CLASSES)[A-Z_]+ = \d+$/]; // a digit more means least
  const parameter = parameters.find((one) => lines.some((line) => one.test(line)));
  const index = lines.findIndex((line) => parameter.test(line));
  const [text] = parameter.exec(lines[index]);
  return { line: index + 1, end: text.length + 1, changed: `${text}5` };
}

/** The names of the columns of the first table, as its header has them. */
function columnsOf(folder) {
  const table = fs.readdirSync(folder).find((name) => /^train.*\.csv$/i.test(name)) ?? fs.readdirSync(folder).find((name) => name.endsWith(".csv"));
  const header = fs.readFileSync(path.join(folder, table), "utf8").split(/\r?\n/, 1)[0];
  return new Set(header.split(",").map((name) => name.replaceAll('"', "").trim()));
}

/** A column named in a list of prep.py, with the 1-based place behind its last letter, and how it looks misspelt. */
export function columnToMisspell(folder) {
  const columns = columnsOf(folder);
  const lines = fs.readFileSync(prepOf(folder), "utf8").split("\n");
  for (const [index, line] of lines.entries()) {
    if (!/^[A-Z_]+ = \[/.test(line)) continue;
    for (const { 1: name, index: start } of line.matchAll(/"([^"]{3,})"/g)) {
      if (!columns.has(name)) continue;
      return { name, letter: name.at(-1), misspelt: name + name.at(-1), line: index + 1, start: start + 1, end: start + 1 + name.length + 1 };
    }
  }
  throw new Error("prep.py names no column in a list of its own");
}

/** The first region that a step's marker opens: {step, line, code} with the line below the marker; of one step, if named. */
export function firstStep(folder, name = "\\w+") {
  const lines = fs.readFileSync(prepOf(folder), "utf8").split("\n");
  const marker = new RegExp(`^\\s*# \\[(${name})\\]`);
  const at = lines.findIndex((line) => marker.test(line));
  return { step: marker.exec(lines[at])[1], line: at + 1, code: lines[at + 1].trim() };
}
