import '../../../conformance/app/gated.functions.ts';
import '../../../conformance/app/recorded-entities.functions.ts';
import '../../../conformance/app/recorded.functions.ts';
