"""The kind of a question reaches the model: its skill, its length, its temperature."""

from __future__ import annotations

from core.routing.skills import skills
from core.storage.folder import DataFolder
from tests.graph.assistants import assistant_with
from tests.ollama_emulator import OllamaEmulator

HARD = "¿Cómo configuro SSH en Ubuntu?"
NO_PRELOAD = {
    "models.lfm2_1_2b.load_on_startup": "false",
    "models.qwen_omni_3b.load_on_startup": "false",
}


def test_skill_length_and_temperature(folder: DataFolder, server: OllamaEmulator) -> None:
    with assistant_with(folder, {**NO_PRELOAD, "ollama.base_url": server.base_url}) as assistant:
        state = assistant.invoke(HARD)
        assistant.invoke({"input": HARD, "system_prompt": "Be brief."})
    asked, with_own_prompt = (request.body for request in server.requests("/api/chat")[-2:])
    skill = skills()["programming"]
    assert (state["route"], state["skill_used"]) == ("expert", skill.id)
    assert state["token_budget"] is not None
    assert state["token_budget"] > 1024
    assert skill.es in asked["messages"][0]["content"]
    assert asked["options"]["temperature"] == skill.temperature
    assert skill.es not in with_own_prompt["messages"][0]["content"]


def test_feelings_follow_no_skill(folder: DataFolder) -> None:
    with assistant_with(folder, NO_PRELOAD) as assistant:
        state = assistant.invoke("Estoy muy triste y me siento solo, mi perro ha muerto")
    assert (state["route"], state["skill_used"], state["token_budget"]) == ("omni", None, None)


def test_a_follow_up_goes_where_its_subject_went(folder: DataFolder) -> None:
    with assistant_with(folder, NO_PRELOAD) as assistant:
        first = assistant.invoke({"input": HARD, "thread_id": "follow"})
        second = assistant.invoke({"input": "sí, sigue", "thread_id": "follow"})
    assert first["route"] == second["route"] == "expert"
