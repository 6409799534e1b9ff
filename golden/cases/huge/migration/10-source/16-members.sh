#!/usr/bin/env bash
# 10-source/16-members.sh: Put every table into its replication sets.
# Before: 15-node.sql; from here on no DDL, no new partitions and no TRUNCATE on the source.
# Again: adds what is missing.
# Undo: 80-recovery/81-abort.sh.
#
# Usage: 16-members.sh [--check [source|replica]] [--lock-timeout TIME] [--attempts N]
#   --check             only list what the sets lack or have too much; exit 1 when there is anything (default server: source)
#   --lock-timeout TIME how long one attempt may keep later writers of a table waiting (default 2s)
#   --attempts N        attempts for each table (default 20, with growing pauses in between)
#
# pglogical takes a ShareRowExclusive lock to add a table: it waits for the table's open writers, and later writers wait for
# it. So every table has a transaction of its own, a short lock_timeout and several attempts.
set -Eeuo pipefail
# shellcheck source=../session.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../session.sh"

check="" lock_timeout=2s attempts=20
while (($#)); do
  case $1 in
    --check)
      check=source && shift
      if [[ ${1:-} == source || ${1:-} == replica ]]; then check=$1 && shift; fi
      ;;
    --lock-timeout) lock_timeout=${2:?} && shift 2 ;;
    --attempts) attempts=${2:?} && shift 2 ;;
    *) usage_error "$1" ;;
  esac
done
[[ $attempts =~ ^[1-9][0-9]*$ ]] || usage_error "--attempts $attempts"

# members_of VISITOR calls VISITOR with SLOT, KIND, SCHEMA and TABLE for every table of the plan. Kind "both": the set of updates and
# deletes and the set of inserts; "insert": only the latter, since the table has no identity that could name an updated row.
# shellcheck disable=SC2016 # a dollar in a name is a dollar
members_of() {
  local visit=$1
  "$visit" dms_slot_01 both pgcutover marker_dms_slot_01
  "$visit" dms_slot_01 both public table_003
  "$visit" dms_slot_01 both public table_006
  "$visit" dms_slot_01 both public table_008
  "$visit" dms_slot_01 both public table_011
  "$visit" dms_slot_01 both public table_013
  "$visit" dms_slot_01 both public table_014
  "$visit" dms_slot_01 both public table_016
  "$visit" dms_slot_01 both public table_020
  "$visit" dms_slot_01 both public table_022
  "$visit" dms_slot_01 both public table_026
  "$visit" dms_slot_01 both public table_027
  "$visit" dms_slot_01 both public table_030
  "$visit" dms_slot_01 both public table_031
  "$visit" dms_slot_01 both public table_033
  "$visit" dms_slot_01 both public table_034
  "$visit" dms_slot_01 both public table_049
  "$visit" dms_slot_01 both public table_051
  "$visit" dms_slot_01 both public table_052
  "$visit" dms_slot_01 both public table_053
  "$visit" dms_slot_01 both public table_054
  "$visit" dms_slot_01 both public table_070
  "$visit" dms_slot_01 both public table_071
  "$visit" dms_slot_01 both public table_072
  "$visit" dms_slot_01 both public table_076
  "$visit" dms_slot_01 both public table_081
  "$visit" dms_slot_01 both public table_083
  "$visit" dms_slot_01 both public table_086
  "$visit" dms_slot_01 both public table_087
  "$visit" dms_slot_01 both public table_092
  "$visit" dms_slot_01 both public table_093
  "$visit" dms_slot_01 both public table_094
  "$visit" dms_slot_01 both public table_096
  "$visit" dms_slot_01 both public table_098
  "$visit" dms_slot_01 both public table_111
  "$visit" dms_slot_01 both public table_112
  "$visit" dms_slot_01 both public table_113
  "$visit" dms_slot_01 both public table_116
  "$visit" dms_slot_01 both public table_126
  "$visit" dms_slot_01 both public table_131
  "$visit" dms_slot_01 both public table_133
  "$visit" dms_slot_01 both public table_135
  "$visit" dms_slot_01 both public table_139
  "$visit" dms_slot_01 both public table_142
  "$visit" dms_slot_01 both public table_147
  "$visit" dms_slot_01 both public table_151
  "$visit" dms_slot_01 both public table_152
  "$visit" dms_slot_01 both public table_156
  "$visit" dms_slot_01 both public table_161
  "$visit" dms_slot_01 both public table_164
  "$visit" dms_slot_01 both public table_170
  "$visit" dms_slot_01 both public table_174
  "$visit" dms_slot_01 both public table_177
  "$visit" dms_slot_01 both public table_180
  "$visit" dms_slot_01 both public table_183
  "$visit" dms_slot_01 both public table_187
  "$visit" dms_slot_01 both public table_194
  "$visit" dms_slot_01 both public table_195
  "$visit" dms_slot_01 both public table_196
  "$visit" dms_slot_01 both public table_197
  "$visit" dms_slot_01 both public table_203
  "$visit" dms_slot_01 both public table_206
  "$visit" dms_slot_01 both public table_209
  "$visit" dms_slot_01 both public table_212
  "$visit" dms_slot_01 both public table_215
  "$visit" dms_slot_01 both public table_218
  "$visit" dms_slot_01 both public table_220
  "$visit" dms_slot_01 both public table_221
  "$visit" dms_slot_01 both public table_233
  "$visit" dms_slot_01 both public table_238
  "$visit" dms_slot_01 both public table_239
  "$visit" dms_slot_01 both public table_248
  "$visit" dms_slot_01 both public table_251
  "$visit" dms_slot_01 both public table_255
  "$visit" dms_slot_01 both public table_259
  "$visit" dms_slot_01 both public table_260
  "$visit" dms_slot_01 both public table_264
  "$visit" dms_slot_01 both public table_269
  "$visit" dms_slot_01 both public table_272
  "$visit" dms_slot_01 both public table_273
  "$visit" dms_slot_01 both public table_275
  "$visit" dms_slot_01 both public table_276
  "$visit" dms_slot_01 both public table_281
  "$visit" dms_slot_01 both public table_282
  "$visit" dms_slot_01 both public table_284
  "$visit" dms_slot_01 both public table_286
  "$visit" dms_slot_01 both public table_287
  "$visit" dms_slot_01 both public table_291
  "$visit" dms_slot_01 both public table_292
  "$visit" dms_slot_01 both public table_296
  "$visit" dms_slot_01 both public table_299
  "$visit" dms_slot_01 both public table_302
  "$visit" dms_slot_01 both public table_306
  "$visit" dms_slot_01 both public table_308
  "$visit" dms_slot_01 both public table_311
  "$visit" dms_slot_01 both public table_312
  "$visit" dms_slot_01 both public table_313
  "$visit" dms_slot_01 both public table_317
  "$visit" dms_slot_01 both public table_320
  "$visit" dms_slot_01 both public table_321
  "$visit" dms_slot_01 both public table_326
  "$visit" dms_slot_01 both public table_331
  "$visit" dms_slot_01 both public table_339
  "$visit" dms_slot_01 both public table_347
  "$visit" dms_slot_01 both public table_350
  "$visit" dms_slot_01 both public table_351
  "$visit" dms_slot_01 both public table_354
  "$visit" dms_slot_01 both public table_358
  "$visit" dms_slot_01 both public table_364
  "$visit" dms_slot_01 both public table_373
  "$visit" dms_slot_01 both public table_374
  "$visit" dms_slot_01 both public table_382
  "$visit" dms_slot_01 both public table_383
  "$visit" dms_slot_01 both public table_384
  "$visit" dms_slot_01 both public table_389
  "$visit" dms_slot_01 both public table_392
  "$visit" dms_slot_01 both public table_394
  "$visit" dms_slot_01 both public table_396
  "$visit" dms_slot_01 both public table_400
  "$visit" dms_slot_02 both pgcutover marker_dms_slot_02
  "$visit" dms_slot_02 both public table_002
  "$visit" dms_slot_02 both public table_005
  "$visit" dms_slot_02 both public table_012
  "$visit" dms_slot_02 both public table_018
  "$visit" dms_slot_02 both public table_025
  "$visit" dms_slot_02 both public table_038
  "$visit" dms_slot_02 both public table_043
  "$visit" dms_slot_02 both public table_045
  "$visit" dms_slot_02 both public table_047
  "$visit" dms_slot_02 both public table_056
  "$visit" dms_slot_02 both public table_058
  "$visit" dms_slot_02 both public table_062
  "$visit" dms_slot_02 both public table_063
  "$visit" dms_slot_02 both public table_065
  "$visit" dms_slot_02 both public table_066
  "$visit" dms_slot_02 both public table_067
  "$visit" dms_slot_02 both public table_068
  "$visit" dms_slot_02 both public table_069
  "$visit" dms_slot_02 both public table_075
  "$visit" dms_slot_02 both public table_077
  "$visit" dms_slot_02 both public table_079
  "$visit" dms_slot_02 both public table_080
  "$visit" dms_slot_02 both public table_084
  "$visit" dms_slot_02 both public table_089
  "$visit" dms_slot_02 both public table_102
  "$visit" dms_slot_02 both public table_104
  "$visit" dms_slot_02 both public table_107
  "$visit" dms_slot_02 both public table_108
  "$visit" dms_slot_02 both public table_110
  "$visit" dms_slot_02 both public table_114
  "$visit" dms_slot_02 both public table_117
  "$visit" dms_slot_02 both public table_120
  "$visit" dms_slot_02 both public table_125
  "$visit" dms_slot_02 both public table_128
  "$visit" dms_slot_02 both public table_129
  "$visit" dms_slot_02 both public table_130
  "$visit" dms_slot_02 both public table_137
  "$visit" dms_slot_02 both public table_141
  "$visit" dms_slot_02 both public table_143
  "$visit" dms_slot_02 both public table_146
  "$visit" dms_slot_02 both public table_149
  "$visit" dms_slot_02 both public table_153
  "$visit" dms_slot_02 both public table_157
  "$visit" dms_slot_02 both public table_158
  "$visit" dms_slot_02 both public table_159
  "$visit" dms_slot_02 both public table_160
  "$visit" dms_slot_02 both public table_162
  "$visit" dms_slot_02 both public table_166
  "$visit" dms_slot_02 both public table_167
  "$visit" dms_slot_02 both public table_168
  "$visit" dms_slot_02 both public table_175
  "$visit" dms_slot_02 both public table_176
  "$visit" dms_slot_02 both public table_179
  "$visit" dms_slot_02 both public table_182
  "$visit" dms_slot_02 both public table_184
  "$visit" dms_slot_02 both public table_186
  "$visit" dms_slot_02 both public table_188
  "$visit" dms_slot_02 both public table_191
  "$visit" dms_slot_02 both public table_193
  "$visit" dms_slot_02 both public table_201
  "$visit" dms_slot_02 both public table_202
  "$visit" dms_slot_02 both public table_204
  "$visit" dms_slot_02 both public table_205
  "$visit" dms_slot_02 both public table_210
  "$visit" dms_slot_02 both public table_211
  "$visit" dms_slot_02 both public table_216
  "$visit" dms_slot_02 both public table_223
  "$visit" dms_slot_02 both public table_225
  "$visit" dms_slot_02 both public table_227
  "$visit" dms_slot_02 both public table_229
  "$visit" dms_slot_02 both public table_230
  "$visit" dms_slot_02 both public table_231
  "$visit" dms_slot_02 both public table_232
  "$visit" dms_slot_02 both public table_234
  "$visit" dms_slot_02 both public table_237
  "$visit" dms_slot_02 both public table_243
  "$visit" dms_slot_02 both public table_245
  "$visit" dms_slot_02 both public table_247
  "$visit" dms_slot_02 both public table_250
  "$visit" dms_slot_02 both public table_254
  "$visit" dms_slot_02 both public table_256
  "$visit" dms_slot_02 both public table_261
  "$visit" dms_slot_02 both public table_265
  "$visit" dms_slot_02 both public table_266
  "$visit" dms_slot_02 both public table_267
  "$visit" dms_slot_02 both public table_277
  "$visit" dms_slot_02 both public table_278
  "$visit" dms_slot_02 both public table_279
  "$visit" dms_slot_02 both public table_285
  "$visit" dms_slot_02 both public table_288
  "$visit" dms_slot_02 both public table_293
  "$visit" dms_slot_02 both public table_294
  "$visit" dms_slot_02 both public table_295
  "$visit" dms_slot_02 both public table_301
  "$visit" dms_slot_02 both public table_303
  "$visit" dms_slot_02 both public table_304
  "$visit" dms_slot_02 both public table_305
  "$visit" dms_slot_02 both public table_309
  "$visit" dms_slot_02 both public table_319
  "$visit" dms_slot_02 both public table_322
  "$visit" dms_slot_02 both public table_323
  "$visit" dms_slot_02 both public table_327
  "$visit" dms_slot_02 both public table_333
  "$visit" dms_slot_02 both public table_335
  "$visit" dms_slot_02 both public table_337
  "$visit" dms_slot_02 both public table_338
  "$visit" dms_slot_02 both public table_341
  "$visit" dms_slot_02 both public table_349
  "$visit" dms_slot_02 both public table_357
  "$visit" dms_slot_02 both public table_360
  "$visit" dms_slot_02 both public table_363
  "$visit" dms_slot_02 both public table_377
  "$visit" dms_slot_02 both public table_378
  "$visit" dms_slot_02 both public table_380
  "$visit" dms_slot_02 both public table_386
  "$visit" dms_slot_02 both public table_393
  "$visit" dms_slot_02 both public table_398
  "$visit" dms_slot_02 both public table_399
  "$visit" dms_slot_03 both pgcutover marker_dms_slot_03
  "$visit" dms_slot_03 both public table_009
  "$visit" dms_slot_03 both public table_015
  "$visit" dms_slot_03 both public table_017
  "$visit" dms_slot_03 both public table_021
  "$visit" dms_slot_03 both public table_023
  "$visit" dms_slot_03 both public table_024
  "$visit" dms_slot_03 both public table_029
  "$visit" dms_slot_03 both public table_032
  "$visit" dms_slot_03 both public table_035
  "$visit" dms_slot_03 both public table_036
  "$visit" dms_slot_03 both public table_039
  "$visit" dms_slot_03 both public table_040
  "$visit" dms_slot_03 both public table_041
  "$visit" dms_slot_03 both public table_042
  "$visit" dms_slot_03 both public table_044
  "$visit" dms_slot_03 both public table_048
  "$visit" dms_slot_03 both public table_050
  "$visit" dms_slot_03 both public table_057
  "$visit" dms_slot_03 both public table_059
  "$visit" dms_slot_03 both public table_060
  "$visit" dms_slot_03 both public table_061
  "$visit" dms_slot_03 both public table_074
  "$visit" dms_slot_03 both public table_078
  "$visit" dms_slot_03 both public table_085
  "$visit" dms_slot_03 both public table_088
  "$visit" dms_slot_03 both public table_090
  "$visit" dms_slot_03 both public table_095
  "$visit" dms_slot_03 both public table_097
  "$visit" dms_slot_03 both public table_099
  "$visit" dms_slot_03 both public table_101
  "$visit" dms_slot_03 both public table_103
  "$visit" dms_slot_03 both public table_105
  "$visit" dms_slot_03 both public table_106
  "$visit" dms_slot_03 both public table_115
  "$visit" dms_slot_03 both public table_119
  "$visit" dms_slot_03 both public table_121
  "$visit" dms_slot_03 both public table_122
  "$visit" dms_slot_03 both public table_123
  "$visit" dms_slot_03 both public table_124
  "$visit" dms_slot_03 both public table_132
  "$visit" dms_slot_03 both public table_134
  "$visit" dms_slot_03 both public table_138
  "$visit" dms_slot_03 both public table_140
  "$visit" dms_slot_03 both public table_144
  "$visit" dms_slot_03 both public table_148
  "$visit" dms_slot_03 both public table_150
  "$visit" dms_slot_03 both public table_155
  "$visit" dms_slot_03 both public table_165
  "$visit" dms_slot_03 both public table_169
  "$visit" dms_slot_03 both public table_171
  "$visit" dms_slot_03 both public table_173
  "$visit" dms_slot_03 both public table_178
  "$visit" dms_slot_03 both public table_185
  "$visit" dms_slot_03 both public table_189
  "$visit" dms_slot_03 both public table_192
  "$visit" dms_slot_03 both public table_198
  "$visit" dms_slot_03 both public table_200
  "$visit" dms_slot_03 both public table_207
  "$visit" dms_slot_03 both public table_213
  "$visit" dms_slot_03 both public table_214
  "$visit" dms_slot_03 both public table_219
  "$visit" dms_slot_03 both public table_222
  "$visit" dms_slot_03 both public table_224
  "$visit" dms_slot_03 both public table_228
  "$visit" dms_slot_03 both public table_236
  "$visit" dms_slot_03 both public table_240
  "$visit" dms_slot_03 both public table_241
  "$visit" dms_slot_03 both public table_242
  "$visit" dms_slot_03 both public table_246
  "$visit" dms_slot_03 both public table_249
  "$visit" dms_slot_03 both public table_252
  "$visit" dms_slot_03 both public table_257
  "$visit" dms_slot_03 both public table_258
  "$visit" dms_slot_03 both public table_263
  "$visit" dms_slot_03 both public table_268
  "$visit" dms_slot_03 both public table_270
  "$visit" dms_slot_03 both public table_274
  "$visit" dms_slot_03 both public table_283
  "$visit" dms_slot_03 both public table_290
  "$visit" dms_slot_03 both public table_297
  "$visit" dms_slot_03 both public table_300
  "$visit" dms_slot_03 both public table_310
  "$visit" dms_slot_03 both public table_314
  "$visit" dms_slot_03 both public table_315
  "$visit" dms_slot_03 both public table_318
  "$visit" dms_slot_03 both public table_324
  "$visit" dms_slot_03 both public table_328
  "$visit" dms_slot_03 both public table_329
  "$visit" dms_slot_03 both public table_330
  "$visit" dms_slot_03 both public table_332
  "$visit" dms_slot_03 both public table_336
  "$visit" dms_slot_03 both public table_340
  "$visit" dms_slot_03 both public table_342
  "$visit" dms_slot_03 both public table_344
  "$visit" dms_slot_03 both public table_345
  "$visit" dms_slot_03 both public table_346
  "$visit" dms_slot_03 both public table_348
  "$visit" dms_slot_03 both public table_353
  "$visit" dms_slot_03 both public table_355
  "$visit" dms_slot_03 both public table_356
  "$visit" dms_slot_03 both public table_359
  "$visit" dms_slot_03 both public table_362
  "$visit" dms_slot_03 both public table_365
  "$visit" dms_slot_03 both public table_366
  "$visit" dms_slot_03 both public table_367
  "$visit" dms_slot_03 both public table_368
  "$visit" dms_slot_03 both public table_369
  "$visit" dms_slot_03 both public table_371
  "$visit" dms_slot_03 both public table_372
  "$visit" dms_slot_03 both public table_375
  "$visit" dms_slot_03 both public table_376
  "$visit" dms_slot_03 both public table_381
  "$visit" dms_slot_03 both public table_385
  "$visit" dms_slot_03 both public table_387
  "$visit" dms_slot_03 both public table_390
  "$visit" dms_slot_03 both public table_391
  "$visit" dms_slot_03 both public table_395
  "$visit" dms_slot_04 both pgcutover marker_dms_slot_04
  "$visit" dms_slot_04 both public table_001
  "$visit" dms_slot_05 both pgcutover marker_dms_slot_05
  "$visit" dms_slot_05 both public events
  "$visit" dms_slot_06 both pgcutover marker_dms_slot_06
  "$visit" dms_slot_06 both public table_004
  "$visit" dms_slot_06 both public table_007
  "$visit" dms_slot_06 both public table_010
  "$visit" dms_slot_06 both public table_019
  "$visit" dms_slot_06 both public table_028
  "$visit" dms_slot_06 both public table_037
  "$visit" dms_slot_06 both public table_046
  "$visit" dms_slot_06 both public table_055
  "$visit" dms_slot_06 both public table_064
  "$visit" dms_slot_06 both public table_073
  "$visit" dms_slot_06 both public table_082
  "$visit" dms_slot_06 both public table_091
  "$visit" dms_slot_06 both public table_100
  "$visit" dms_slot_06 both public table_109
  "$visit" dms_slot_06 both public table_118
  "$visit" dms_slot_06 both public table_127
  "$visit" dms_slot_06 both public table_136
  "$visit" dms_slot_06 both public table_145
  "$visit" dms_slot_06 both public table_154
  "$visit" dms_slot_06 both public table_163
  "$visit" dms_slot_06 both public table_172
  "$visit" dms_slot_06 both public table_181
  "$visit" dms_slot_06 both public table_190
  "$visit" dms_slot_06 both public table_199
  "$visit" dms_slot_06 both public table_208
  "$visit" dms_slot_06 both public table_217
  "$visit" dms_slot_06 both public table_226
  "$visit" dms_slot_06 both public table_235
  "$visit" dms_slot_06 both public table_244
  "$visit" dms_slot_06 both public table_253
  "$visit" dms_slot_06 both public table_262
  "$visit" dms_slot_06 both public table_271
  "$visit" dms_slot_06 both public table_280
  "$visit" dms_slot_06 both public table_289
  "$visit" dms_slot_06 both public table_298
  "$visit" dms_slot_06 both public table_307
  "$visit" dms_slot_06 both public table_316
  "$visit" dms_slot_06 both public table_325
  "$visit" dms_slot_06 both public table_334
  "$visit" dms_slot_06 both public table_343
  "$visit" dms_slot_06 both public table_352
  "$visit" dms_slot_06 both public table_361
  "$visit" dms_slot_06 both public table_370
  "$visit" dms_slot_06 both public table_379
  "$visit" dms_slot_06 both public table_388
  "$visit" dms_slot_06 both public table_397
}

# Memberships as the server has them and as planned. A key is set/length of the schema's name/schema/table: a set's name has no slash,
# the others may have any character.
declare -A present=() planned=() sets=()

read_present() {
  local where=$1 rows=() i key
  fields_on "$where" rows -v slots="$(IFS=, && printf '%s' "${OUR_SLOTS[*]}")" <<'SQL'
SELECT pg_catalog.to_regclass('pglogical.replication_set_table') IS NOT NULL AS installed \gset
\if :installed
SELECT s.set_name, n.nspname, c.relname
FROM pglogical.replication_set AS s
JOIN pglogical.local_node AS l ON l.node_id = s.set_nodeid
LEFT JOIN (pglogical.replication_set_table AS t JOIN pg_catalog.pg_class AS c ON c.oid = t.set_reloid
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace) ON t.set_id = s.set_id
WHERE s.set_name IN (SELECT p || o.slot FROM pg_catalog.unnest(pg_catalog.string_to_array(:'slots', ',')) AS o(slot), (VALUES (''), ('i')) AS x(p));
\endif
SQL
  present=()
  for ((i = 0; i < ${#rows[@]}; i += 3)); do
    key=${rows[i]}/${#rows[i + 1]}/${rows[i + 1]}/${rows[i + 2]}
    present[$key]=yes
    key=${rows[i]}
    sets[$key]=yes
  done
}

missing=() # slot, kind, schema, table
surplus=() # set, schema, table
look() {
  local slot=$1 kind=$2 schema=$3 table=$4 lacks="" set key
  for set in "i$slot" "$slot"; do
    [[ $set == "i$slot" || $kind == both ]] || continue
    key=$set/${#schema}/$schema/$table
    planned[$key]=yes
    if [[ -z ${present[$key]:-} ]]; then lacks=yes; fi
  done
  if [[ -n $lacks ]]; then missing+=("$slot" "$kind" "$schema" "$table"); fi
}

compare() {
  local where=$1 slot key set rest length schema table
  read_present "$where"
  for slot in "${OUR_SLOTS[@]}"; do
    [[ -n ${sets[$slot]:-} && -n ${sets[i$slot]:-} ]] || refuse "the replication sets of $slot are missing on the $where" "run 10-source/15-node.sql first"
  done
  missing=() planned=() surplus=()
  members_of look
  for key in "${!present[@]}"; do
    set=${key%%/*} rest=${key#*/}
    length=${rest%%/*} rest=${rest#*/}
    schema=${rest:0:length} table=${rest:length+1}
    if [[ -n $table && -z ${planned[$key]:-} ]]; then surplus+=("$set" "$schema" "$table"); fi
  done
}

show_differences() {
  local i
  for ((i = 0; i < ${#missing[@]}; i += 4)); do say "missing in the sets of ${missing[i]}: $(shown "${missing[i + 2]}" "${missing[i + 3]}")"; done
  for ((i = 0; i < ${#surplus[@]}; i += 3)); do
    say "set ${surplus[i]} has a table that is not planned for it: $(shown "${surplus[i + 1]}" "${surplus[i + 2]}")"
    hint "SELECT pglogical.replication_set_remove_table('${surplus[i]}', '…') once it is clear who added it"
  done
}

shown() { printf '%q.%q' "$1" "$2"; }

if [[ -n $check ]]; then
  if [[ $check == replica ]]; then assert_replica; else assert_source; fi
  compare "$check"
  show_differences
  ((${#missing[@]} + ${#surplus[@]} == 0)) || refuse "the sets are not as planned on the $check"
  say "all ${#planned[@]} memberships are as planned on the $check"
  exit 0
fi

# add STOP VALUES adds the tables of a list of VALUES (slot, kind, schema, table) to their sets, each in a transaction of its own. STOP 1 ends it at the first that
# cannot be added, 0 goes on. $TMP/error says why not.
add() {
  psql_on source -v ON_ERROR_STOP="$1" -v lock_timeout="$lock_timeout" -f - >/dev/null 2>"$TMP/error" <<SQL
\set VERBOSITY verbose
SET client_min_messages = warning;
SET standard_conforming_strings = on;
SET statement_timeout = '60s';
SET lock_timeout = :'lock_timeout';
SELECT 'SELECT ' || pg_catalog.string_agg(pg_catalog.format('pglogical.replication_set_add_table(%L, %L::regclass, false)', s.set_name, pg_catalog.format('%I.%I', m.schema, m.name)), ', ')
FROM (VALUES $2) AS m (slot, kind, schema, name) CROSS JOIN LATERAL (VALUES ('i' || m.slot, true), (m.slot, m.kind = 'both')) AS s (set_name, wanted)
WHERE s.wanted AND NOT EXISTS (
  SELECT FROM pglogical.replication_set_table AS t JOIN pglogical.replication_set AS r USING (set_id)
  WHERE r.set_name = s.set_name AND t.set_reloid = pg_catalog.to_regclass(pg_catalog.format('%I.%I', m.schema, m.name)))
GROUP BY m.schema, m.name \gexec
SQL
}

# rows SLOT KIND SCHEMA TABLE… prints tables as rows of VALUES.
rows() {
  local comma=""
  while (($# > 0)); do
    printf "%s('%s', '%s', " "$comma" "$1" "$2"
    sql_literal "$3"
    printf ', '
    sql_literal "$4"
    printf ')'
    comma=,
    shift 4
  done
}

# add_at_once tries every table that is missing once, a session for many of them: to begin one takes longer than to add a table. What was not to be had is
# still missing then.
add_at_once() {
  local i values fields=${#missing[@]} step=$((4 * 500))
  for ((i = 0; i < fields; i += step)); do
    values=$(rows "${missing[@]:i:step}")
    add 0 "$values" || true # what is still missing is looked for
    say "$((i + step < fields ? (i + step) / 4 : fields / 4)) of $((fields / 4)) tables tried"
  done
}

added=0 failed=0
add_patiently() {
  local schema=$3 table=$4 row attempt pause
  row=$(rows "$@")
  for ((attempt = 1; attempt <= attempts; attempt++)); do
    if add 1 "$row"; then
      added=$((added + 1))
      return
    fi
    # 55P03 lock_not_available, 40P01 deadlock_detected: somebody else was faster. Everything else will not pass by waiting.
    grep -Eq '(55P03|40P01):' "$TMP/error" || break
    say "$(shown "$schema" "$table") is being written to, attempt $attempt of $attempts; trying again"
    pause=$((attempt < 10 ? attempt : 10))
    sleep "$((RANDOM % pause + 1)).$((RANDOM % 10))"
  done
  failed=$((failed + 1))
  say "not added: $(shown "$schema" "$table"): $(sed -n 's/^.*ERROR: *//p' "$TMP/error" | head -n 1)"
}

only_one
assert_source
compare source
if ((${#surplus[@]})); then
  show_differences
  refuse "sets of this plan hold tables that are not planned for them"
fi
if ((${#missing[@]} == 0)); then
  say "all ${#planned[@]} memberships are there already"
  exit 0
fi
paused=$(state_get pause lsn)
resumed=$(state_get resumed_at)
if [[ -n $paused && -z $resumed ]]; then
  refuse "$((${#missing[@]} / 4)) tables are missing in the sets, and the replica is paused: changes between the pause and the moment a table is added would be lost" \
    "resume the replica (20-replica/22-resume.sh --force), run this again, 17-slots.sh, then pause anew"
fi
# The replica has to replay what is added now before it may be paused: 17-slots.sh notes how far that is.
printf '{"sets_complete_lsn": null}\n' | state_merge
wanted=$((${#missing[@]} / 4))
add_at_once
compare source
added=$((wanted - ${#missing[@]} / 4))
for ((i = 0; i < ${#missing[@]}; i += 4)); do
  add_patiently "${missing[@]:i:4}"
done
say "$added table$( ((added == 1)) || printf s) added"
if ((failed > 0)); then
  refuse "$failed table$( ((failed == 1)) || printf s) could not be added; the others are in" "run this again; it goes on where it stopped"
fi
