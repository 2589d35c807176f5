"""Which entity does a name mean? Names in three languages and aliases, forgiving of case, width, spaces and dashes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

from ouroloop.core import BadInput, Place, Problem, nearest
from ouroloop.dossier.folder import printable
from ouroloop.dossier.models import Entity


def fold(name: str) -> str:
    """A name as it is compared: NFKC, case folded, letters and digits only ("Super Micro" = "SUPER-MICRO").

    >>> fold("ＡＭＤ") == fold("amd")
    True
    """
    flat = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return "".join(c for c in flat if c.isalnum()) or flat.strip()


class Names:
    """The names of a dossier's entities, ready to be asked."""

    def __init__(self, entities: Iterable[Entity]) -> None:
        self._by_id = {entity.id: entity for entity in entities}
        self._folded: dict[str, dict[str, Entity]] = {}
        self._spelled: list[str] = []
        for entity in self._by_id.values():
            for name in (entity.id, *spellings(entity)):
                self._folded.setdefault(fold(name), {})[entity.id] = entity
                self._spelled.append(name)

    def entity(self, name: str) -> Entity:
        """The entity of this id, name or alias.

        An exact id always wins. Raises BadInput: `ambiguous-name` with the candidates when the name belongs to
        several (超微 is AMD in Taiwan and Supermicro elsewhere), `unknown-entity` with "did you mean" when to none.
        """
        if name in self._by_id:
            return self._by_id[name]
        found = self._folded.get(fold(name), {})
        if len(found) == 1:
            return next(iter(found.values()))
        place = Place("<entity>")
        shown = printable(name if len(name) <= 60 else f"{name[:59]}…")
        if found:
            said = " and ".join(f"{entity.names.en} ({entity.id})" for entity in found.values())
            message = f"'{shown}' may mean {said}."
            raise BadInput([Problem(place, "ambiguous-name", message, f"ask by id: {' or '.join(found)}")])
        hint = nearest(name, self._spelled)
        raise BadInput([Problem(place, "unknown-entity", f"No entity is called '{shown}'.", hint)])

    def ambiguous(self) -> Mapping[str, tuple[Entity, ...]]:
        """Folded names that belong to more than one entity."""
        return {name: tuple(found.values()) for name, found in self._folded.items() if len(found) > 1}


def spellings(entity: Entity) -> tuple[str, ...]:
    """The entity's names and aliases, as written."""
    return (entity.names.en, entity.names.zh_hans, entity.names.zh_hant, *entity.aliases)
