import { prove } from '../proof/prove';
import { QUICK_VARIANTS, VARIANTS } from '../proof/variants';

prove(VARIANTS.filter((variant) => !QUICK_VARIANTS.includes(variant)));
