import { memoryDesktopKeyring } from '../support/memory-desktop-keyring.ts';
import { desktopKeyringContract } from './desktop-keyring.ts';

desktopKeyringContract('of a test', memoryDesktopKeyring);
