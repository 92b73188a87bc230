/**
 * @module `npm run bench:gate`: fails when the hot path has become slower. It compares the enrollment with the
 * arithmetic in it, in one process, so that neither a slow machine nor a busy one changes the verdict.
 */
import { measureFloor } from './floor.js';

/**
 * What is wanted is 0.7; twenty programs on two cores cost a tenth. A path that makes a Response of every answer and takes
 * it apart again falls below it.
 */
const LEAST_RATIO = 0.57;

const { ratio, enrollmentUs, floorUs } = await measureFloor({ keys: 24, warmUpRounds: 100, rounds: 60 });
const figures = `enrollment ${enrollmentUs.toFixed(0)} µs of CPU, its arithmetic ${floorUs.toFixed(0)} µs: ${ratio.toFixed(2)}`;
console.log(`${figures}, at least ${LEAST_RATIO} is wanted`);
process.exitCode = ratio >= LEAST_RATIO ? 0 : 1;
