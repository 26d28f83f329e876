import { prove } from './prove';
import { QUICK_VARIANTS } from './variants';

prove(QUICK_VARIANTS);
