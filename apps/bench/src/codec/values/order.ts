/** A small message with six fields. */
export const order = {
  id: 1_234_567,
  customer: "Ada Lovelace",
  total: 99.95,
  paid: true,
  items: 3,
  note: "leave it at the door, please",
};
