"""json.dumps and json.loads through the compiled accelerator."""
import json

record = {"id": 7, "name": "Ada Lovelace", "tags": ["one", "two", "\u20ac"], "score": 3.25, "nested": {"a": None, "b": [True, False]}}
rows = [dict(record, id=number) for number in range(200)]

total = 0
for _ in range(600):
    text = json.dumps(rows)
    back = json.loads(text)
    total += len(text) + back[-1]["id"]
print(total)
