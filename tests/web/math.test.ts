import { expect, test } from "vitest";
import { KINDS } from "../../static/src/draw/why";
import { plainLatex } from "../../static/src/view/math";

test("until formulas are typeset they can be read as text", () => {
  expect(plainLatex(KINDS.evidence.latex.replaceAll("{c}", "{7}"))).toBe("z_7 = Σ_i x_i · ∂z_7/∂x_i + rest");
  expect(plainLatex(KINDS.gradient.latex.replaceAll("{c}", "{7}"))).toBe("∂z_7/∂x_i");
});
