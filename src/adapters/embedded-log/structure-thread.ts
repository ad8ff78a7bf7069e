import { parentPort, workerData } from 'node:worker_threads';
import { auditStructure } from './audit.ts';

parentPort?.postMessage(auditStructure(workerData as string));
