class Second:
    """No base class, no constructor, and the older name for functions."""

    def globals(self):
        def older():
            return "older"

        return [older]

    def filters(self):
        def title(value):
            return f"our own title of {value}"

        return [title]

    def policies(self):
        return {"json.dumps_kwargs": {"sort_keys": False}, "truncate.leeway": 0}


class Late:
    def data(self):
        return {"default": "from the loader", "late": {"b": 1, "a": [True]}}
