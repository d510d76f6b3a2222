import { silenceTokenTraces } from "../../modules/core/token-traces";

silenceTokenTraces();
