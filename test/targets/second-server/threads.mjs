// T1, T3 and M1: threads and their messages.
import { isMember } from './access.mjs';
import {
  checkBody,
  flag,
  metadata,
  orNull,
  queryChoice,
  queryInteger,
  required,
  text,
} from './checks.mjs';
import * as errors from './errors.mjs';
import { neighbourPage } from './paging.mjs';
import { newId } from './state.mjs';

/** @typedef {import('./server.mjs').Context} Context */

const THREAD_SHAPE = {
  organization_id: required(text(1)), // S-C16
  title: orNull(text(0, 200)),
  metadata: orNull(metadata()),
  assistant_id: orNull(text()),
  visible_in_ui: orNull(flag()), // from either kind of credential (S-C15)
};

/** T1 @param {Context} context */
export function createThread(context) {
  const { state, caller } = context;
  const fields = checkBody(context, THREAD_SHAPE);
  if (!isMember(caller, fields.organization_id))
    throw errors.organizationDenied(fields.organization_id);
  const now = state.now();
  const thread = {
    id: newId('thrd'),
    organization_id: fields.organization_id,
    user_id: caller.id,
    title: fields.title ?? null,
    metadata: fields.metadata ?? {},
    assistant_id: fields.assistant_id ?? null,
    visible_in_ui: fields.visible_in_ui ?? true,
    status: 'inactive', // S-C11
    last_model_used: null,
    is_pinned: false,
    pinned_at: null,
    created_at: now,
    updated_at: now,
    last_message_at: now,
  };
  state.threads.set(thread.id, thread);
  return { status: 201, body: renderThread(state, thread) };
}

/** T3 @param {Context} context */
export function getThread(context) {
  return { status: 200, body: renderThread(context.state, ownThread(context)) };
}

/** T2: newest first. @param {Context} context */
export function listThreads(context) {
  const { state, caller, query } = context;
  const limit = queryInteger(context, 'limit', { min: 1, max: 100, fallback: 20 });
  const isShown = query.get('visible_in_ui') !== 'false';
  const own = [...state.threads.values()]
    .filter((thread) => thread.user_id === caller.id && thread.visible_in_ui === isShown)
    .sort((a, b) => (a.created_at < b.created_at ? 1 : -1));
  const { page, has_more } = neighbourPage(context, own, limit);
  const data = page.map((thread) => renderThread(state, thread));
  const [first_id, last_id] = [data[0]?.id ?? null, data.at(-1)?.id ?? null];
  return { status: 200, body: { object: 'list', data, first_id, last_id, has_more, limit } };
}

/** T5 @param {Context} context */
export function deleteThread(context) {
  const { state } = context;
  const { id } = ownThread(context);
  state.threads.delete(id);
  state.messages = state.messages.filter(({ thread_id }) => thread_id !== id);
  state.threadLinks = state.threadLinks.filter(({ thread_id }) => thread_id !== id);
  return { status: 204 };
}

/** M1 @param {Context} context */
export function listMessages(context) {
  const limit = queryInteger(context, 'limit', { min: 1, max: 100, fallback: 20 });
  const order = queryChoice(context, 'order', ['asc', 'desc'], 'asc');
  const mode = queryChoice(
    context,
    'output_mode',
    ['text', 'plain', 'blocks', 'structured'],
    'text',
  );
  const messages = messagesOf(context.state, ownThread(context));
  if (order === 'desc') messages.reverse();

  const { page, has_more } = neighbourPage(context, messages, limit);
  const withBlocks = mode === 'blocks' || mode === 'structured';
  const data = page.map((message) => renderMessage(message, withBlocks));
  const first_id = data[0]?.id ?? null;
  const last_id = data.at(-1)?.id ?? null;
  return { status: 200, body: { object: 'list', data, first_id, last_id, has_more, limit } };
}

// Only the creator reads a thread; to anybody else, whatever their rights, it does not exist.
function ownThread({ state, caller, params }) {
  const thread = state.threads.get(params.thread_id);
  if (thread?.user_id !== caller.id) throw errors.threadNotFound(params.thread_id);
  return thread;
}

function messagesOf(state, thread) {
  return state.messages.filter((message) => message.thread_id === thread.id);
}

/** @param {import('./state.mjs').State} state */
export function renderThread(state, thread) {
  const space_ids = state.threadLinks
    .filter((link) => link.thread_id === thread.id)
    .map((link) => link.space_id);
  return {
    object: 'thread',
    ...thread,
    message_count: messagesOf(state, thread).length,
    space_ids,
    locale: 'en',
  };
}

function renderMessage(message, withBlocks) {
  const shown = { ...message, content_type: 'text' };
  if (message.role === 'assistant') shown.tool_calls = null;
  if (withBlocks) {
    shown.response_blocks =
      message.role === 'assistant' ? [{ type: 'text', text: message.content }] : null;
  }
  return shown;
}
