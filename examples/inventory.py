"""Dataclasses and JSON: an inventory that is saved, loaded, checked, changed and reported."""
import dataclasses
import datetime
import decimal
import enum
import io
import json
from dataclasses import dataclass, field
from typing import Any, get_type_hints


class Unit(enum.Enum):
    PIECE = "pc"
    KILOGRAM = "kg"
    LITRE = "l"


@dataclass(frozen=True)
class Supplier:
    name: str
    country: str = "??"
    rating: float = 0.0


@dataclass
class Item:
    name: str
    price: decimal.Decimal
    quantity: int = 0
    unit: Unit = Unit.PIECE
    supplier: Supplier | None = None
    tags: list[str] = field(default_factory=list)
    added: datetime.date = datetime.date(2024, 2, 29)

    def __post_init__(self):
        if self.quantity < 0:
            raise ValueError(f"{self.name}: quantity {self.quantity} is negative")

    @property
    def value(self):
        return self.price * self.quantity


class Encoder(json.JSONEncoder):
    def default(self, o: Any):
        if dataclasses.is_dataclass(o):
            return {f.name: getattr(o, f.name) for f in dataclasses.fields(o)}
        if isinstance(o, enum.Enum):
            return o.value
        if isinstance(o, decimal.Decimal):
            return str(o)
        if isinstance(o, datetime.date):
            return o.isoformat()
        return super().default(o)


def decode_item(raw):
    hints = get_type_hints(Item)
    unknown = raw.keys() - hints.keys()
    if unknown:
        raise TypeError(f"unknown fields: {', '.join(sorted(unknown))}")
    raw = dict(raw)
    raw["price"] = decimal.Decimal(raw["price"])
    raw["unit"] = Unit(raw.get("unit", "pc"))
    if raw.get("supplier"):
        raw["supplier"] = Supplier(**raw["supplier"])
    if "added" in raw:
        raw["added"] = datetime.date.fromisoformat(raw["added"])
    return Item(**raw)


def main():
    mill = Supplier("Old Mill", "NL", 4.5)
    items = [
        Item("flour", decimal.Decimal("1.35"), 120, Unit.KILOGRAM, mill, ["baking", "dry"]),
        Item("olive oil", decimal.Decimal("8.90"), 14, Unit.LITRE, Supplier("Olivar", rating=4.9), ["oil"]),
        Item("whisk", decimal.Decimal("6.25"), 3, tags=["tool"], added=datetime.date(2025, 12, 31)),
        Item("crème fraîche", decimal.Decimal("0.99"), 0),
    ]
    text = json.dumps(items, cls=Encoder, indent=2, sort_keys=True)
    print(text)
    loaded = [decode_item(raw) for raw in json.loads(text)]
    print("round trip:", loaded == items, loaded[0].supplier is mill, loaded[0].supplier == mill)

    print(f"\n{'item':<15}{'price':>8}{'stock':>9}{'value':>10}  added")
    for item in sorted(loaded, key=lambda item: item.value, reverse=True):
        print(f"{item.name:<15}{item.price:>8}{item.quantity:>6} {item.unit.value:<2}{item.value:>10}  {item.added:%d %b %Y}")
    print(f"{'total':<15}{sum(item.value for item in loaded):>33}")

    sold = dataclasses.replace(loaded[0], quantity=loaded[0].quantity - 20)
    print("\n", sold.quantity, dataclasses.asdict(sold)["supplier"], dataclasses.astuple(mill))
    for raw in ('{"name": "x", "price": "1", "colour": "red"}', '{"name": "x", "price": "1", "quantity": -1}',
                '{"name": "x"}', '{"name": "x", "price": "1", "unit": "stone"}', '{"name": "x", }'):
        try:
            decode_item(json.loads(raw))
        except (TypeError, ValueError, KeyError) as error:
            print(f"{type(error).__name__}: {error}")
    try:
        mill.rating = 5
    except dataclasses.FrozenInstanceError as error:
        print(f"{type(error).__name__}: {error}")

    stream = io.StringIO()
    json.dump({"nan": float("nan"), "big": 2 ** 70, "text": "é\u2028\x00\U0001f40d", "nested": [[], {}, None, True, -0.0]}, stream)
    print(stream.getvalue(), json.loads(stream.getvalue())["nested"])
    print(json.loads("[1.50, 2e400, 10]", parse_float=decimal.Decimal), repr(items[2]))


if __name__ == "__main__":
    main()
