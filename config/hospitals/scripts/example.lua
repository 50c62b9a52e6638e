-- Functions for what a rule cannot say: docs/mapping-language.md, "A script". What a message does not tell is "".

-- "阳性(+) 1:128": the titre, "128"; nothing when there is none.
function titre(text)
  return text:gsub("：", ":"):match("%s1:(%d+)%s*$")
end

-- What stands before the titre: "阳性(+)".
function finding(text)
  return text:gsub("：", ":"):match("^(.-)%s*1:%d+%s*$")
end

-- "1958年3月7日" as HL7 writes it, "19580307". What is no such date is given back as it is.
function date(text)
  local year, month, day = text:match("^(%d%d%d%d)年(%d%d?)月(%d%d?)日$")
  if not year then return text end
  return string.format("%04d%02d%02d", year, month, day)
end
