// Prints the closing line of .ci/run: sums Vitest's JSON reports. Arguments: how many stages failed, then the reports.
import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';

const [failedStages, ...files] = process.argv.slice(2);
const reports = await Promise.all(
  files.filter(existsSync).map(async (file) => JSON.parse(await readFile(file, 'utf8'))),
);
const sum = (count) => reports.reduce((total, report) => total + count(report), 0);

// A file whose code does not load, or whose hooks fail, has no failed test to show for it.
const isBroken = ({ status, assertionResults }) =>
  status === 'failed' && !assertionResults.some((test) => test.status === 'failed');
const passed = sum(({ numPassedTests }) => numPassedTests);
const failed = sum(({ numFailedTests, testResults }) => numFailedTests + testResults.filter(isBroken).length);

// A stage may fail without any test, but never unseen.
console.log(`${passed} passed, ${Math.max(failed, Number(failedStages))} failed`);
