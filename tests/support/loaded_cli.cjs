// Loads the CDK CLI once and runs it as often as it is asked to, each time with the arguments, the
// environment and the folder of the request. A request is a line of JSON on standard input; what a run
// prints comes back as lines {"text": …} and its end as {"code": …}.
'use strict';

const { exec } = require(process.argv[2]);
const readline = require('node:readline');

const answer = process.stdout.write.bind(process.stdout);

function capture(chunk, encoding, done) {
  const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
  answer(`${JSON.stringify({ text })}\n`);
  const callback = typeof encoding === 'function' ? encoding : done;
  if (callback) callback();
  return true;
}

process.stdout.write = capture;
process.stderr.write = capture;

async function run({ args, env, cwd }) {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  process.chdir(cwd);
  process.exitCode = undefined;
  try {
    const code = await exec(args);
    return typeof code === 'number' ? code : (process.exitCode ?? 0);
  } catch (error) {
    // As the program does, which ends with 1.
    capture(`${error && error.message ? error.message : error}\n`);
    return 1;
  }
}

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const code = await run(JSON.parse(line));
    process.exitCode = 0;
    answer(`${JSON.stringify({ code })}\n`);
  }
}

main();
