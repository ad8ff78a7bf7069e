import { memoryPeople } from '../support/memory-people.ts';
import { peopleContract } from './people.ts';

peopleContract('in memory', memoryPeople);
