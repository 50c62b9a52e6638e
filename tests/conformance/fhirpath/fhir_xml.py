"""Resources from XML to JSON, as R4 maps them (json.html), by the types in engine/fhir/definitions."""
import json
import pathlib
import re
import xml.etree.ElementTree as ET

FHIR = '{http://hl7.org/fhir}'
XHTML = '{http://www.w3.org/1999/xhtml}'
DEFINITIONS = pathlib.Path(__file__).resolve().parents[3] / 'engine/fhir/definitions/fhir-r4.txt'


class Number(str):
    """A number as it is written."""


class Types:
    def __init__(self):
        self.elements, self.kinds, current = {}, {}, None
        for line in DEFINITIONS.read_text(encoding='utf-8').splitlines():
            fields = line.split('\t') + [''] * 6
            if fields[0] == 'T':
                current = fields[2]
                self.kinds[current] = fields[1][-1]
                self.elements[current] = dict(self.elements.get(fields[3], {}))
            elif fields[0] == 'E':
                for type_name in fields[3].split(' '):
                    name = fields[1] + (type_name[0].upper() + type_name[1:] if 'c' in fields[2] else '')
                    self.elements[current][name] = (type_name, '*' in fields[2])

    def is_number(self, type_name):
        return type_name in ('integer', 'positiveInt', 'unsignedInt', 'decimal')


TYPES = Types()


def primitive(element, type_name):
    """The value and what is beside it ("_name"); either may be None."""
    text, beside = element.get('value'), {}
    if element.get('id'):
        beside['id'] = element.get('id')
    extensions = [complex_value(each, 'Extension') for each in element.findall(FHIR + 'extension')]
    if extensions:
        beside['extension'] = extensions
    if text is None:
        value = None
    elif type_name == 'boolean':
        value = text == 'true'
    elif TYPES.is_number(type_name):
        value = Number(text)
    else:
        value = text
    return value, beside or None


def put(into, name, is_list, value, beside):
    if not is_list:
        if value is not None:
            into[name] = value
        if beside is not None:
            into['_' + name] = beside
        return
    into.setdefault(name, []).append(value)
    into.setdefault('_' + name, []).append(beside)


def tidy(value):
    """Lists of nothing but nulls are left out."""
    for name in list(value):
        if isinstance(value[name], list) and all(each is None for each in value[name]):
            del value[name]
    return value


def narrative(element):
    text = ET.tostring(element, encoding='unicode', short_empty_elements=True)
    text = re.sub(r'<(/?)html:', r'<\1', text).replace('xmlns:html=', 'xmlns=')
    return text.strip()


def complex_value(element, type_name, resource=False):
    made = {'resourceType': type_name} if resource else {}
    if element.get('id'):
        made['id'] = element.get('id')
    if element.get('url') is not None:
        made['url'] = element.get('url')
    for child in element:
        if child.tag == XHTML + 'div':
            made['div'] = narrative(child)
            continue
        name = child.tag.replace(FHIR, '')
        child_type, is_list = TYPES.elements[type_name][name]
        kind = TYPES.kinds[child_type]
        if kind == 'r':
            inner = child[0]
            put_plain(made, name, is_list, complex_value(inner, inner.tag.replace(FHIR, ''), True))
        elif kind == 'p':
            put(made, name, is_list, *primitive(child, child_type))
        else:
            put_plain(made, name, is_list, complex_value(child, child_type))
    return tidy(made)


def put_plain(into, name, is_list, value):
    if is_list:
        into.setdefault(name, []).append(value)
    else:
        into[name] = value


def resource(element):
    ET.register_namespace('html', 'http://www.w3.org/1999/xhtml')
    return complex_value(element, element.tag.replace(FHIR, ''), True)


def write(value):
    """Minified JSON; numbers as they were written."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        return '{' + ','.join(json.dumps(k) + ':' + write(v) for k, v in value.items()) + '}'
    if isinstance(value, list):
        return '[' + ','.join(write(v) for v in value) + ']'
    return json.dumps(value, ensure_ascii=False)
