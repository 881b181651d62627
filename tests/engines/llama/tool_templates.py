"""Chat templates that tell of tools, as small as each family's way of it allows.

Written after those of Qwen3, Qwen3-Coder, Mistral Nemo, LFM2 and Llama 3.2. All end in the
newline that scripted models wait for.
"""

from __future__ import annotations

_TURN = "{{ '<|im_start|>' + m.role + '\\n' + m.content }}"
_TAIL = "{{ '<|im_end|>\\n' }}{%- endfor -%}{{ '<|im_start|>assistant\\n' }}"

HERMES = (
    "{%- if tools -%}{{ '<tools>' }}{%- for t in tools -%}{{ t | tojson }}{%- endfor -%}"
    "{{ '</tools> Use <tool_call></tool_call>.\\n' }}{%- endif -%}"
    "{%- for m in messages -%}" + _TURN + "{%- for c in m.tool_calls -%}"
    '{{ \'<tool_call>\\n{"name": "\' + c.function.name + \'", "arguments": \' }}'
    "{{ c.function.arguments | tojson }}{{ '}\\n</tool_call>' }}{%- endfor -%}" + _TAIL
)
CODER = HERMES.replace("Use <tool_call>", "Use <tool_call><function=name></function>")
MISTRAL = (
    "{%- if tools is defined -%}{{ '[AVAILABLE_TOOLS]' + tools | tojson }}{%- endif -%}"
    "{%- for m in messages -%}" + _TURN + "{%- if m.tool_calls -%}{{ '[TOOL_CALLS][' }}"
    "{%- for c in m.tool_calls -%}{%- if c.id | length != 9 -%}"
    "{{ raise_exception('ids have 9 letters') }}{%- endif -%}"
    "{{ (c.function | tojson)[:-1] + ', \"id\": \"' + c.id + '\"}' }}{%- endfor -%}{{ ']' }}"
    "{%- endif -%}" + _TAIL
)
LFM2 = (
    "{%- if tools -%}{{ '<|tool_list_start|>' + tools | tojson }}{{ '<|tool_list_end|>' }}"
    "{%- endif -%}"
    "{%- for m in messages -%}" + _TURN + _TAIL
)
LLAMA = (
    "{%- if tools is defined -%}"
    '{{ \'Answer {"name": name, "parameters": dictionary of argument names}: \' }}'
    "{{ tools | tojson }}{%- endif -%}{%- for m in messages -%}" + _TURN + "{%- if m.tool_calls -%}"
    "{{ m.tool_calls[0].function | tojson }}{%- endif -%}" + _TAIL
)
ALL = {"hermes": HERMES, "coder": CODER, "mistral": MISTRAL, "lfm2": LFM2, "llama": LLAMA}
