import { number, thousands } from "/js/numbers.js";
import { equal, test } from "./harness.js";

test("thousands are told apart by a thin space", () => equal([999, 1000, 1234567].map(thousands), ["999", "1\u202f000", "1\u202f234\u202f567"]));
test("a number has three significant digits", () => equal([0.123456, 12.345, 123.45, 12345.6, 0].map((one) => number(one)), ["0.123", "12.3", "123", "12\u202f346", "0.00"]));
test("a column's decimals are kept, and only the whole part is grouped", () => equal([number(1234.56789, 4), number(0.5, 3)], ["1\u202f234.5679", "0.500"]));
test("very small and very large numbers are written with a power", () => equal([number(1.5e-7), number(2e9)], ["1.50e\u22127", "2.00e9"]));
test("a negative number has a minus, a negative nothing has none", () => equal([number(-3.1459), number(-0.001, 1)], ["\u22123.15", "0.0"]));
test("nothing is a dash", () => equal([number(null), number(undefined)], ["–", "–"]));
