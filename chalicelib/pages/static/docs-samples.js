// A request as code. The code never contains the secret: it reads the secret from the environment variable API_SECRET.

// Return the samples by language. A request has a method, a URL, headers, and perhaps a body. `key` is null for a call
// that needs no credential. `hasAnswer` says whether the response has a body.
export function writeSamples(request, key, hasAnswer) {
  return { curl: writeCurl(request, key), Python: writePython(request, key, hasAnswer), JavaScript: writeJavaScript(request, key, hasAnswer) };
}

function writeCurl({ method, url, headers, body }, key) {
  const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const parts = [`curl ${method === "GET" ? "" : `-X ${method} `}${quote(url)}`];
  if (key !== null) parts.push(`-u "${key.replace(/["\\$`]/g, "\\$&")}:$API_SECRET"`);
  for (const [name, value] of Object.entries(headers)) parts.push(`-H ${quote(`${name}: ${value}`)}`);
  if (body !== undefined) parts.push(`--data-raw ${quote(body)}`);
  return parts.join(" \\\n  ");
}

function writePython({ method, url, headers, body }, key, hasAnswer) {
  const data = isJson(body) ? `json=${indent(pythonValue(body), 4)}` : `data=${JSON.stringify(body)}.encode()`;
  const sent = isJson(body) ? withoutContentType(headers) : headers;
  const lines = [
    JSON.stringify(url),
    key !== null && `auth=(${JSON.stringify(key)}, os.environ["API_SECRET"])`,
    Object.keys(sent).length > 0 && `headers=${indent(JSON.stringify(sent, null, 4), 4)}`,
    body !== undefined && data,
  ];
  const call = lines.filter(Boolean).map((line) => `    ${line},\n`).join("");
  const imports = key === null ? "import requests" : "import os\n\nimport requests";
  const shown = hasAnswer ? "response.json()" : "response.status_code";
  return `${imports}\n\nresponse = requests.${method.toLowerCase()}(\n${call})\nresponse.raise_for_status()\nprint(${shown})`;
}

function writeJavaScript({ method, url, headers, body }, key, hasAnswer) {
  const names = Object.entries(headers).map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  const userinfo = key === null ? "" : `\`${key.replace(/[`\\$]/g, "\\$&")}:\${process.env.API_SECRET}\``;
  if (key !== null) names.unshift(`Authorization: "Basic " + btoa(${userinfo})`);
  const lines = [`method: "${method}"`];
  if (names.length) lines.push(`headers: {\n${names.map((line) => `    ${line},\n`).join("")}  }`);
  if (body !== undefined) lines.push(`body: ${isJson(body) ? `JSON.stringify(${indent(body, 2)})` : JSON.stringify(body)}`);
  const options = lines.map((line) => `  ${line},\n`).join("");
  const shown = hasAnswer ? "await response.json()" : "response.status";
  return `const response = await fetch(${JSON.stringify(url)}, {\n${options}});\nif (!response.ok) throw new Error(await response.text());\nconsole.log(${shown});`;
}

function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

// Return JSON as Python code. Strings are rewritten, because Python reads \/ and pairs of \u escapes differently.
function pythonValue(json) {
  const words = { true: "True", false: "False", null: "None" };
  return json.replace(/"(?:\\.|[^"\\])*"|true|false|null/g, (part) => words[part] ?? JSON.stringify(JSON.parse(part)));
}

function withoutContentType(headers) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== "Content-Type"));
}

function indent(text, spaces) {
  return text.replaceAll("\n", `\n${" ".repeat(spaces)}`);
}
